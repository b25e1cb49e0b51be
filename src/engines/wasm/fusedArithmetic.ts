/**
 * A module whose one function, "fuses", says whether relaxed SIMD's multiply–add rounds once: of (1 + 2⁻¹²)² −
 * (1 + 2⁻¹¹) it leaves 2⁻²⁴ then, and 0 where the square is rounded first. Runtimes without relaxed SIMD refuse it.
 */
const probe = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // One type, () → i32; one function of it; its export.
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x09, 0x01, 0x05, 0x66, 0x75, 0x73, 0x65, 0x73, 0x00, 0x00],
  // f32.const and f32x4.splat three times, f32x4.relaxed_madd, f32x4.extract_lane 0, f32.const 0, f32.ne.
  ...[0x0a, 0x25, 0x01, 0x23, 0x00],
  ...[0x43, 0x00, 0x08, 0x80, 0x3f, 0xfd, 0x13],
  ...[0x43, 0x00, 0x08, 0x80, 0x3f, 0xfd, 0x13],
  ...[0x43, 0x00, 0x10, 0x80, 0xbf, 0xfd, 0x13],
  ...[0xfd, 0x85, 0x02, 0xfd, 0x1f, 0x00, 0x43, 0x00, 0x00, 0x00, 0x00, 0x5c, 0x0b],
);

/**
 * Whether this runtime (Node 22 and later) and this processor multiply and add in one step. It is faster, and differs
 * from two steps in the last bits: runs note it down.
 */
export function fusesMultiplyAdd(): boolean {
  if (!WebAssembly.validate(probe)) return false;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(probe));
  return (exports as { fuses(): number }).fuses() === 1;
}

/** As runs note it down; translated where it is told. */
export const arithmetics = {
  fused: 'with fused multiply–add',
  plain: 'without fused multiply–add',
} as const;
