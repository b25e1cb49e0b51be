/** A block of SCRATCH_BYTES that only this thread uses; each thread has its own instance of the module. */
export let scratch: usize = 0;
