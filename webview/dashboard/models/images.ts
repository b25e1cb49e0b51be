import { useEffect, useMemo, useState } from 'preact/hooks';
import { type DataKindName, dataKinds } from '../../../src/core/data/dataKinds';
import type { Images } from '../../../src/core/data/images';
import type { Form } from '../form';
import { host } from '../link';

/** What the form's data are like; null where that can't be told. */
export function imagesOf({ values }: Pick<Form, 'values'>, folderClasses: number | null): Images | null {
  const data = values.data as DataKindName;
  if (data !== 'folder') return dataKinds[data].images;
  const side = Number(values['data.folder.imageSize']);
  if (folderClasses === null || !Number.isInteger(side) || side < 1) return null;
  return { shape: [side, side, 3], classes: folderClasses };
}

/** The same, with the classes of a folder as the host counts them. */
export function useImages(form: Form): Images | null {
  const path = form.values.data === 'folder' ? String(form.values['data.folder.path']) : '';
  const [counted, setCounted] = useState<{ path: string; classes: number | null } | null>(null);
  useEffect(() => {
    if (path === '') return;
    let isWanted = true;
    const tell = (classes: number | null) => isWanted && setCounted({ path, classes });
    host.classCount(path).then(tell, () => tell(null));
    return () => {
      isWanted = false;
    };
  }, [path]);
  const classes = counted?.path === path ? counted.classes : null;
  return useMemo(() => imagesOf(form, classes), [form, classes]);
}
