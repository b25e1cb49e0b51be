process.on('message', () => {
  process.stdout.write('before the end\n');
  setTimeout(() => {
    throw new Error('the reason');
  }, 50);
});
