import { describe, expect, it } from 'vitest';
import {
  bytes,
  count,
  decimal,
  duration,
  integer,
  metric,
  percent,
  shape,
  tick,
} from '../../../webview/shared/format';

const plain = (text: string) => text.replaceAll('\u202f', ' ').replaceAll('\u2212', '-');

describe('numbers in the webviews', () => {
  it('keep their width while they tick', () => {
    expect(metric(0.4623)).toBe('0.4623');
    expect(metric(1.5)).toBe('1.5000');
    expect(metric(null)).toBe('–');
    expect(metric(Number.NaN)).toBe('–');
  });

  it('have a true minus sign, and none for a zero', () => {
    expect(decimal(-0.4151, 2)).toBe('−0.42');
    expect(decimal(-0.001, 2)).toBe('0.00');
    expect(decimal(Number.NaN, 2)).toBe('NaN');
    expect(decimal(Number.NEGATIVE_INFINITY, 2)).toBe('−∞');
  });

  it('group thousands', () => {
    expect(plain(integer(319_178))).toBe('319 178');
    expect(plain(integer(-1204))).toBe('-1 204');
    expect(integer(999)).toBe('999');
  });

  it('carry their unit once', () => {
    expect(plain(percent(0.18))).toBe('18 %');
    expect(plain(percent(0.1234, 1))).toBe('12.3 %');
    expect(plain(duration(130))).toBe('2 m 10 s');
    expect(plain(duration(3905))).toBe('1 h 05 m');
    expect(plain(duration(59.6))).toBe('1 m 00 s');
    expect(plain(duration(7))).toBe('7 s');
    expect(plain(bytes(957_536 * 4))).toBe('3.65 MB');
    expect(plain(bytes(104))).toBe('104 B');
    expect(plain(count(9_434_000))).toBe('9.43 M');
    expect(plain(count(640))).toBe('640');
  });

  it('are short on an axis', () => {
    expect([0, 0.05, 0.30000000000000004, 1, 2.5].map(tick)).toEqual(['0', '0.05', '0.3', '1', '2.5']);
    expect(plain(tick(1500))).toBe('1 500');
    expect(plain(tick(1e-6))).toBe('1e-6');
  });

  it('name a shape without its batch axis', () => {
    expect(shape([null, 32, 32, 3])).toBe('32×32×3');
    expect(shape([null, null, null, 3])).toBe('?×?×3');
  });
});
