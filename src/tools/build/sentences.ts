import ts from 'typescript';

/**
 * The templates of all sentences in a folder: whatever its types say are `Words` (src/core/words.ts), wherever it stands.
 * @throws Error for what may be a sentence, where the compiler can't tell whether it is one or what its template is
 */
export function sentencesIn(folder: string): string[] {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, '.');
  const program = ts.createProgram(ts.sys.readDirectory(folder, ['.ts']), options);
  const checker = program.getTypeChecker();
  const templates = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isArrayLiteralExpression(node) && node.elements.length > 0) {
      const type = checker.getContextualType(node);
      const found = literals(checker.getTypeAtLocation(node.elements[0]!));
      if (isWords(type)) {
        if (!found) throw unclear(node, 'its template is not known. Write it where it stands');
        for (const template of found) templates.add(template);
      } else if (found?.some((text) => /\S \S/.test(text)) && !takesAnyText(type, checker))
        throw unclear(node, 'whether it is one is not known. Say the type of what it is in');
    }
    ts.forEachChild(node, visit);
  };
  for (const name of program.getRootFileNames()) visit(program.getSourceFile(name)!);
  return [...templates];
}

const isWords = (type: ts.Type | undefined): boolean =>
  type !== undefined && (type.aliasSymbol?.name === 'Words' || (type.isUnion() && type.types.some(isWords)));

/** What the compiler inferred from a list itself, as in the callback of a generic function, says nothing of what it is. */
const takesAnyText = (type: ts.Type | undefined, checker: ts.TypeChecker): boolean =>
  type !== undefined && checker.isArrayType(type);

/** The texts that a value of this type can be; null: any. */
function literals(type: ts.Type): string[] | null {
  const types = type.isUnion() ? type.types : [type];
  return types.every((each) => each.isStringLiteral()) ? types.map(({ value }) => value) : null;
}

function unclear(sentence: ts.Node, problem: string): Error {
  const { fileName, text } = sentence.getSourceFile();
  const line = text.slice(0, sentence.getStart()).split('\n').length;
  return new Error(`The sentence in ${fileName}:${line}: ${problem}.`);
}
