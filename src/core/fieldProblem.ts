import type * as v from 'valibot';
import { phraseOf, type Words } from './words';

/** What is wrong with a field of a form, for the display language to say. */
export type FieldProblem =
  | { readonly kind: 'number' | 'integer' | 'required' }
  | { readonly kind: 'min' | 'max' | 'above' | 'below'; readonly limit: number }
  | { readonly kind: 'other'; readonly words: Words };

/** What a schema says is wrong with the value of a field. */
export function fieldProblem(issue: v.BaseIssue<unknown>): FieldProblem {
  const limit = issue.requirement as number;
  switch (issue.type) {
    case 'number':
      return { kind: 'number' };
    case 'integer':
    case 'safe_integer':
      return { kind: 'integer' };
    case 'object':
    case 'string':
    case 'non_empty':
    case 'min_length':
      return { kind: 'required' };
    case 'min_value':
      return { kind: 'min', limit };
    case 'max_value':
      return { kind: 'max', limit };
    case 'gt_value':
      return { kind: 'above', limit };
    case 'lt_value':
      return { kind: 'below', limit };
    default:
      return { kind: 'other', words: phraseOf(issue.message) };
  }
}
