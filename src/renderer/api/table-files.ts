/** Files that hold tables of molecules, by their endings. What a file is, its content decides. */
const TABLE_ENDINGS = ['csv', 'tsv', 'tab', 'txt', 'smi', 'smiles', 'sdf', 'sd', 'xlsx']
const ARCHIVE_ENDINGS = ['zip', 'tar', 'gz', 'tgz']

/** For `<input accept>`. */
export const ACCEPTED_FILES = [...TABLE_ENDINGS, ...ARCHIVE_ENDINGS].map(ending => `.${ending}`).join(',')
