// How four neighbouring channels find their weights, [K·K][G] for one position: all lanes take one weight, or two in
// turn, or each its own. Only where none of these holds do the loops fall back to one channel at a time.

export const SHARED: i32 = 0;
export const PAIRED: i32 = 1;
export const OWN: i32 = 2;
export const SINGLE: i32 = 3;

export function weightMode(channels: i32, groups: i32, contiguous: bool): i32 {
  if (groups == 1) return SHARED;
  if (groups == channels) return OWN;
  if (contiguous) return (channels / groups) % 4 == 0 ? SHARED : SINGLE;
  if (groups % 4 == 0) return OWN;
  return groups == 2 && channels % 4 == 0 ? PAIRED : SINGLE;
}

/** The weights of four channels of one tap, from the address that `groupOffset` points to. */
@inline
export function loadWeights(mode: i32, from: usize): v128 {
  if (mode == SHARED) return v128.load32_splat(from);
  if (mode == PAIRED) return v128.load64_splat(from);
  return v128.load(from);
}

/** In bytes, where the weight of a channel lies among the G of a tap. */
@inline
export function groupOffset(channel: i32, channels: i32, groups: i32, contiguous: bool): usize {
  if (groups == 1) return 0;
  return <usize>(contiguous ? channel / (channels / groups) : channel % groups) << 2;
}
