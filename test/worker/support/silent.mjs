// Neither answers nor goes when its host does.
process.on('message', () => {});
setInterval(() => {}, 1000);
