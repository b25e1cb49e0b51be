import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateDtsBundle } from 'dts-bundle-generator';
import ts from 'typescript';

const inSource = (file) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const config = inSource('library/tsconfig.json');
/** In the repository, where TF.js's own types are found. */
const scratch = fileURLToPath(new URL(`../../../out/library-types-${process.pid}`, import.meta.url));

/**
 * The types of the library in one text, of which only TF.js's are imported. The generators' options, which the sources
 * infer from valibot's schemas, are spelled out.
 */
export function libraryTypes(tensorFlow) {
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, ts.sys.readFile).config,
    ts.sys,
    inSource('library'),
  );
  const emit = { declaration: true, emitDeclarationOnly: true, noEmit: false, stripInternal: true };
  const program = ts.createProgram(fileNames, {
    ...options,
    ...emit,
    rootDir: inSource(''),
    outDir: scratch,
  });
  try {
    program.emit();
    const kinds = 'core/involution/generators/generatorKinds';
    writeFileSync(join(scratch, `${kinds}.d.ts`), spelledOut(program, inSource(`${kinds}.ts`)));
    const [types] = generateDtsBundle(
      [
        {
          filePath: join(scratch, 'library/index.d.ts'),
          libraries: { importedLibraries: tensorFlow },
          output: { noBanner: true, exportReferencedTypes: false },
        },
      ],
      { preferredConfigPath: config },
    );
    return types;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A module's types, each as what it comes to. */
function spelledOut(program, file) {
  const checker = program.getTypeChecker();
  const { NoTruncation, InTypeAlias, MultilineObjectLiterals } = ts.TypeFormatFlags;
  const module = checker.getSymbolAtLocation(program.getSourceFile(file));
  const aliases = checker.getExportsOfModule(module).filter(({ flags }) => flags & ts.SymbolFlags.TypeAlias);
  const lines = aliases.map((alias) => {
    const type = checker.getDeclaredTypeOfSymbol(alias);
    const format = NoTruncation | InTypeAlias | MultilineObjectLiterals;
    return `export type ${alias.name} = ${checker.typeToString(type, undefined, format)};`;
  });
  return `${lines.join('\n')}\n`;
}
