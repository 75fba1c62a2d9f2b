/** The commands and their options. What a command does is loaded when it is called. */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { chooseWorkspace } from '../core/workspace/default-workspace.ts'
import { endpointSchema, type Unit } from '../shared/contract/datasets.ts'
import { FINGERPRINT_BITS, seenSchema } from '../shared/contract/foreign.ts'
import { MAX_RETRIES, type Priority, prioritySchema } from '../shared/contract/job-parts.ts'
import {
  presetSchema,
  providerSchema,
  recipeSchema,
  type SplitFold,
  splitFoldSchema,
  splitKindSchema,
} from '../shared/contract/jobs.ts'
import { readUnitOption } from './columns.ts'
import type { ImportCommandOptions } from './commands/import.ts'
import type { ImportModelOptions } from './commands/import-model.ts'
import type { ModelAction } from './commands/model.ts'
import type { PredictCommandOptions } from './commands/predict.ts'
import type { PreflightCommandOptions } from './commands/preflight.ts'
import type { SavePresetOptions } from './commands/presets.ts'
import type { RegisterModelOptions } from './commands/register-model.ts'
import type { ServeOptions } from './commands/serve.ts'
import type { SplitCommandOptions } from './commands/split.ts'
import type { TrainCommandOptions } from './commands/train.ts'
import { asFailure, isBug } from './failure.ts'
import type { CommandContext } from './session.ts'
import { createTerminal, type TerminalStreams } from './terminal.ts'

export interface CliProcess extends TerminalStreams {
  environment: Readonly<Record<string, string | undefined>>
}

const MODEL_ACTIONS: readonly ModelAction[] = [
  'current',
  'rollback',
  'activate',
  'archive',
  'verify',
  'delete',
  'restore',
  'log',
]
const EXIT_FAILED = 1
const EXIT_USAGE = 2

/** Runs one command and answers with the exit code. */
export async function runCli(args: readonly string[], cli: CliProcess): Promise<number> {
  const json = args.includes('--json')
  const terminal = createTerminal(cli, json)
  let succeeded = true
  const program = createProgram(cli, async run => {
    const { workspace: given } = program.opts<{ workspace?: string }>()
    const workspace = chooseWorkspace({ given, environment: cli.environment, platform: process.platform })
    succeeded = (await run({ workspace, version: packageJson.version, terminal })) !== false
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return succeeded ? 0 : EXIT_FAILED
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0
      if (json) terminal.result({ error: { code: 'ERR_2001', message: error.message.replace(/^error: /, '') } }, [])
      return EXIT_USAGE
    }
    const failure = asFailure(error)
    if (json) terminal.result(failure, [])
    else terminal.note(`${failure.error.code}: ${failure.error.message}`)
    if (isBug(error)) terminal.note(error.stack ?? '')
    return EXIT_FAILED
  }
}

/** Runs a command; one that answers `false` did what was asked and found that something is not as it should be. */
type Runner = (run: (context: CommandContext) => Promise<unknown>) => Promise<void>

function createProgram(cli: CliProcess, run: Runner): Command {
  const program = new Command('bindery')
    .description('Offline workbench for binding affinity: import assay tables, train, predict.')
    .version(packageJson.version)
    .option('--workspace <dir>', 'folder of the data (default: BINDERY_WORKSPACE or the folder of the platform)')
    .option('--json', 'print one JSON object on standard output')
    .exitOverride()
    .configureOutput({ writeOut: text => cli.stdout.write(text), writeErr: text => cli.stderr.write(text) })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for the options)')
  addDataCommands(program, run)
  addTrashCommands(program, run)
  addJobCommands(program, run)
  addHostCommands(program, run)
  return program
}

function addDataCommands(program: Command, run: Runner): void {
  program
    .command('import')
    .description('import tables as data sets')
    .argument('<file...>', 'CSV, TSV, SDF, SMI or XLSX table, also in a ZIP, TAR or TAR.GZ archive')
    .option('--name <name>', 'name of the data set')
    .option('--smiles <column>', 'column of the structures')
    .option('--value <column>', 'column of the measured values')
    .option('--id <column>', 'column of the compound ids')
    .option('--relation <column>', 'column of < = >')
    .option('--split <column>', 'column that says train or test')
    .option('--date <column>', 'column that says when it was measured, for splits by time')
    .addOption(new Option('--date-order <part>', 'what comes first in 03/04/2019').choices(['day', 'month']))
    .option('--unit-column <column>', 'column of the units')
    .addOption(new Option('--unit <unit>', 'unit of the values: nM, uM, … or pX').argParser(unitOption))
    .addOption(new Option('--endpoint <endpoint>', 'what was measured').choices(endpointSchema.options))
    .option('--target <target>', 'what it was measured on; chooses one of several in the table')
    .option('--assay <assay>', 'chooses one of several assays in the table; "all" pools them')
    .option('--member <name>', 'table of an archive')
    .option('--sheet <name>', 'sheet of a workbook')
    .addOption(new Option('--decimal <mark>', 'decimal mark, where the table does not tell').choices(['.', ',']))
    .addOption(
      new Option('--duplicates <policy>', 'records of one structure').choices(['median', 'all', 'drop-conflicting']),
    )
    .addOption(new Option('--conflict <log units>', 'spread of values that disagree').argParser(positiveOption))
    .option('--neutralise', 'remove charges that protons explain')
    .action((files: string[], options: ImportCommandOptions) =>
      run(async context => (await import('./commands/import.ts')).importFiles(files, options, context)),
    )
  program
    .command('predict')
    .description('predict every compound of a table')
    .requiredOption('--model <id>', 'model')
    .requiredOption('--input <file>', 'table with a structure column')
    .requiredOption('--output <file>', 'CSV to write: the columns of the input, then the predictions')
    .option('--smiles <column>', 'column of the structures')
    .option('--fallback <model>', 'asked where the model is unavailable; give it again for more, in order', collect, [])
    .option(
      '--also <model>',
      "a further model whose columns stand behind the first one's; may be given again",
      collect,
      [],
    )
    .action((options: PredictCommandOptions) =>
      run(async context => (await import('./commands/predict.ts')).predict(options, context)),
    )
  program
    .command('export')
    .description('write a model as one file, its passport')
    .argument('<model>', 'model')
    .argument('<file>', 'file to write')
    .action((model: string, file: string) =>
      run(async context => (await import('./commands/export.ts')).exportModel(model, file, context)),
    )
  program
    .command('import-model')
    .description('take in a model from its passport')
    .argument('<file>', 'file that was exported')
    .option('--name <name>', 'name of the model')
    .option('--version-of <model>', 'model it becomes the next version of')
    .action((file: string, options: ImportModelOptions) =>
      run(async context => (await import('./commands/import-model.ts')).importModel(file, options, context)),
    )
  program
    .command('register-model')
    .description('take in an ONNX file that something else has made')
    .argument('<file>', 'model that predicts from a Morgan fingerprint')
    .addOption(
      new Option('--endpoint <endpoint>', 'what it predicts').choices(endpointSchema.options).makeOptionMandatory(),
    )
    .addOption(new Option('--radius <bonds>', 'of the fingerprint').argParser(oneOf([2, 3])).default(2))
    .addOption(new Option('--bits <n>', 'its length').argParser(oneOf(FINGERPRINT_BITS)).default(2048))
    .option('--counts', 'it counts groups instead of telling whether they are there')
    .option('--chirality', 'it tells mirror images apart')
    .addOption(new Option('--unit <unit>', 'of its numbers').argParser(unitOption).default('pX'))
    .option('--log', 'its numbers are log10 of a concentration in that unit')
    .option('--output <name>', 'its output, where it has several')
    .option('--target <name>', 'what the compounds bind to')
    .option('--measured <dataset>', 'compounds it is judged and calibrated with')
    .addOption(
      new Option('--seen <yes|no|unknown>', 'whether it has learned from them')
        .choices(seenSchema.options)
        .default('unknown'),
    )
    .option('--training <dataset>', 'compounds it has learned from')
    .option('--name <name>', 'name of the model')
    .option('--version-of <model>', 'model it becomes the next version of')
    .action((file: string, options: RegisterModelOptions) =>
      run(async context => (await import('./commands/register-model.ts')).registerModel(file, options, context)),
    )
  program
    .command('model')
    .description('change which version of a model is used, or look at its log')
    .addArgument(new Argument('<action>').choices(MODEL_ACTIONS))
    .argument('<model>', 'id, or name of the current version')
    .action((action: ModelAction, model: string) =>
      run(async context => (await import('./commands/model.ts')).changeModel(action, model, context)),
    )
  const lists = { datasets: 'listDatasets', jobs: 'listJobs', models: 'listModels' } as const
  for (const [name, list] of Object.entries(lists)) {
    program
      .command(name)
      .description(`list the ${name === 'datasets' ? 'data sets' : name}`)
      .action(() => run(async context => (await import('./commands/list.ts'))[list](context)))
  }
  program
    .command('show')
    .description('show everything about a data set, a job or a model')
    .argument('<id>')
    .action((id: string) => run(async context => (await import('./commands/show.ts')).show(id, context)))
}

function addTrashCommands(program: Command, run: Runner): void {
  program
    .command('delete')
    .description('move a data set to the trash')
    .argument('<dataset>')
    .option('--all-versions', 'its other versions too')
    .action((dataset: string, options: { allVersions?: boolean }) =>
      run(async context => (await import('./commands/trash.ts')).deleteDataset(dataset, options, context)),
    )
  program
    .command('restore')
    .description('take data sets out of the trash')
    .argument('<dataset...>')
    .action((ids: string[]) => run(async context => (await import('./commands/trash.ts')).restore(ids, context)))
  program
    .command('trash')
    .description('list the data sets in the trash')
    .option('--purge', 'delete them for good')
    .action((options: { purge?: boolean }) =>
      run(async context => (await import('./commands/trash.ts')).trash(options, context)),
    )
}

function addPresetCommands(program: Command, run: Runner): void {
  const presets = program
    .command('presets')
    .description('list the presets, save one of your own or remove one')
    .action(() => run(async context => (await import('./commands/presets.ts')).listPresets(context)))
  presets
    .command('save')
    .description('save a copy of a preset under a name, with what it changes')
    .argument('<name>')
    .addOption(new Option('--recipe <recipe>', 'kind of model').choices(recipeSchema.options))
    .addOption(new Option('--base <preset>', 'what it is a copy of').choices(presetSchema.options))
    .option('--set <key=value>', 'a hyper-parameter that it changes (repeatable)', settingOption, {})
    .action((name: string, options: SavePresetOptions) =>
      run(async context => (await import('./commands/presets.ts')).savePreset(name, options, context)),
    )
  presets
    .command('remove')
    .description('remove a preset; runs and models keep their settings')
    .argument('<name>')
    .action((name: string) => run(async context => (await import('./commands/presets.ts')).removePreset(name, context)))
}

/** What makes a run, as every command that begins or measures one is told it. */
function withRunOptions(command: Command): Command {
  return command
    .requiredOption('--dataset <id>', 'data set')
    .addOption(new Option('--recipe <recipe>', 'kind of model').choices(recipeSchema.options))
    .option('--preset <preset>', `how much effort: ${presetSchema.options.join(', ')} or one of your own`)
    .addOption(new Option('--split <kind>', 'how test rows are chosen').choices(splitKindSchema.options))
    .option('--seed <n>', 'seed of everything random', wholeNumber(0, 2 ** 32 - 1))
    .option('--fold <i/k>', 'test on part i of k instead of a fifth', foldOption)
    .addOption(new Option('--provider <name>', 'where it runs').choices(providerSchema.options))
}

function addJobCommands(program: Command, run: Runner): void {
  withRunOptions(program.command('train').description('train a model and wait for it; Ctrl+C cancels'))
    .option('--name <name>', 'name of the run')
    .option('--set <key=value>', 'a hyper-parameter that differs from the preset (repeatable)', settingOption, {})
    .option('--scramble', 'compare with models of values in random order')
    .option('--refit', 'when it is evaluated, train again on all rows')
    .addOption(new Option('--priority <level>', 'its place among what waits').choices(prioritySchema.options))
    .option('--retries <n>', 'how often it is begun again after a crash', wholeNumber(0, MAX_RETRIES))
    .option('--time-limit <minutes>', 'saved and ended as failed after that long', wholeNumber(1, 34_560))
    .option('--override', 'start although memory or disk seem too small')
    .option('--fit-batch', 'find the batch size that suits this machine first, and train with it')
    .action((options: TrainCommandOptions) =>
      run(async context => (await import('./commands/train.ts')).train(options, context)),
    )
  withRunOptions(
    program
      .command('preflight')
      .description('tell how long a run will take and how much memory, from trial steps, without training'),
  )
    .option('--set <key=value>', 'a hyper-parameter that differs from the preset (repeatable)', settingOption, {})
    .option('--fit-batch', 'find the batch size that suits this machine')
    .option('--again', 'measure although it is known')
    .action((options: PreflightCommandOptions) =>
      run(async context => (await import('./commands/preflight.ts')).preflight(options, context)),
    )
  program
    .command('split')
    .description('show what a split makes of a data set, without training')
    .requiredOption('--dataset <id>', 'data set')
    .addOption(
      new Option('--split <kind>', 'how test rows are chosen').choices(splitKindSchema.options).makeOptionMandatory(),
    )
    .option('--seed <n>', 'seed of the draw', wholeNumber(0, 2 ** 32 - 1))
    .option('--fold <i/k>', 'test on part i of k instead of a fifth', foldOption)
    .option('--output <file>', 'CSV to write: every row with its part')
    .action((options: SplitCommandOptions) =>
      run(async context => (await import('./commands/split.ts')).split(options, context)),
    )
  program
    .command('refit')
    .description('train the recipe of a model again on all rows, test rows too')
    .argument('<model>')
    .action((model: string) => run(async context => (await import('./commands/train.ts')).refit(model, context)))
  addPresetCommands(program, run)
  program
    .command('resume')
    .description('go on with a paused or interrupted run, or an import that was cut short, and wait for it')
    .argument('<job>')
    .option('--checkpoint <file>', 'one of its checkpoints instead of the newest; later ones are dropped')
    .action((job: string, options: { checkpoint?: string }) =>
      run(async context => (await import('./commands/train.ts')).resume(job, options, context)),
    )
  const saving = { save: 'save a checkpoint of a running run now', checkpoints: 'list the checkpoints of a run' }
  for (const [name, text] of Object.entries(saving)) {
    program
      .command(name)
      .description(text)
      .argument('<job>')
      .action((job: string) =>
        run(async context => (await import('./commands/control.ts'))[name as keyof typeof saving](job, context)),
      )
  }
  program
    .command('queue')
    .description('list what waits, in the order in which it starts')
    .action(() => run(async context => (await import('./commands/queue.ts')).queue(context)))
  program
    .command('priority')
    .description('let a waiting job start earlier or later than others')
    .argument('<job>')
    .addArgument(new Argument('<level>', 'low, normal or high').choices(prioritySchema.options))
    .action((job: string, level: Priority) =>
      run(async context => (await import('./commands/queue.ts')).priority(job, level, context)),
    )
  const again = {
    retry: 'begin a failed run again, or the next attempt at once, and wait for it',
    override: 'let a waiting job start although memory or disk seem too small',
  }
  for (const [name, text] of Object.entries(again)) {
    program
      .command(name)
      .description(text)
      .argument('<job>')
      .action((job: string) =>
        run(async context => (await import('./commands/queue.ts'))[name as keyof typeof again](job, context)),
      )
  }
  for (const name of ['cancel', 'pause'] as const) {
    program
      .command(name)
      .description(name === 'cancel' ? 'stop a job; a checkpoint is kept' : 'stop a run so that it can go on later')
      .argument('<job>')
      .action((job: string) => run(async context => (await import('./commands/control.ts'))[name](job, context)))
  }
}

function addHostCommands(program: Command, run: Runner): void {
  program
    .command('serve')
    .description('open Bindery in the browser')
    .option('--port <n>', 'port on 127.0.0.1; 0 takes a free one', wholeNumber(0, 65_535), 0)
    .option('--no-open', 'print the link only')
    .action((options: ServeOptions) =>
      run(async context => (await import('./commands/serve.ts')).serve(options, context)),
    )
  program
    .command('doctor')
    .description('examine this machine and the workspace, and test the execution providers')
    .option('--quick', 'show the providers as they were last tested')
    .action((options: { quick?: boolean }) =>
      run(async context => (await import('./commands/doctor.ts')).doctor(options, context)),
    )
  program
    .command('demo')
    .description('train on the simulated example and judge the result')
    .action(() => run(async context => (await import('./commands/demo.ts')).demo(context)))
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  }
}

function oneOf<T extends number>(values: readonly T[]): (text: string) => T {
  return text => {
    const value = values.find(each => String(each) === text)
    if (value !== undefined) return value
    throw new InvalidArgumentError(`Expected one of ${values.join(', ')}.`)
  }
}

/** `2/5`. */
function foldOption(text: string): SplitFold {
  const [index, of] = (/^(\d+)\/(\d+)$/.exec(text)?.slice(1) ?? []).map(Number)
  const fold = splitFoldSchema.safeParse({ index, of })
  if (fold.success) return fold.data
  throw new InvalidArgumentError('Expected a fold and their number, e.g. 2/5; at most 20.')
}

function unitOption(text: string): Unit {
  const unit = readUnitOption(text)
  if (unit === null) throw new InvalidArgumentError('Expected M, mM, uM, nM, pM, fM, pX, kcal/mol or kJ/mol.')
  return unit
}

function positiveOption(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 20)) throw new InvalidArgumentError('Expected a number above 0, at most 20.')
  return value
}

type Settings = TrainCommandOptions['set']

/** `key=value`: numbers and true/false by what they look like; which keys there are, the recipe says. */
function settingOption(text: string, before: Settings): Settings {
  const match = /^([A-Za-z][\w.-]*)=(.+)$/.exec(text)
  if (match === null) throw new InvalidArgumentError('Expected key=value.')
  const [, key, value] = match as unknown as [string, string, string]
  if (value === 'true' || value === 'false') return { ...before, [key]: value === 'true' }
  return { ...before, [key]: Number.isFinite(Number(value)) ? Number(value) : value }
}

/** An option that may be given several times. */
function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}
