/** aggregate: the stages of the list in the README. Leading $match, $sort, $skip and $limit are planned as a find. */
import { CommandError, notSupported } from '../errors.js';
import { entries, isNumber, numberOf, Type, type Value } from '../bson/raw.js';
import { count, nothing, run } from '../plan/query.js';
import type { Slices, Work } from '../plan/slices.js';
import type { Field } from '../plan/keys.js';
import { type Filter, parseFilter } from '../query/filter.js';
import { parseSort } from '../query/sort.js';
import { type Stage, stage } from '../query/stages.js';
import { valueOf, writeFields } from '../bson/write.js';
import { command, type Command } from './engine.js';
import { documents, hintOf } from './read.js';
import { batchSizeOf } from './schema.js';

interface Step {
  readonly name: string;
  readonly argument: Value;
}

function parseStep(step: Value): Step {
  const [first, second] = step.type === Type.object ? [...entries(step)] : [];
  if (!first || second)
    throw new CommandError('Location40323', 'A pipeline stage specification object must contain exactly one field.');
  return { name: first[0], argument: first[1] };
}

/** What a find can do of the pipeline's beginning, and the stages that remain. */
interface Start {
  filter: Filter;
  sort: readonly Field[];
  skip: number;
  limit: number;
}

function planned(steps: Step[]): Start {
  const start: Start = { filter: { kind: 'and', of: [] }, sort: [], skip: 0, limit: 0 };
  const filters: Filter[] = [];
  while (steps[0]?.name === '$match') filters.push(parseFilter(steps.shift()!.argument));
  start.filter = { kind: 'and', of: filters };
  if (steps[0]?.name === '$sort') start.sort = parseSort(steps.shift()!.argument);
  if (steps[0]?.name === '$skip') start.skip = wholeNumber(steps.shift()!);
  if (steps[0]?.name === '$limit') start.limit = positive(steps.shift()!);
  return start;
}

function wholeNumber({ name, argument }: Step): number {
  const number = isNumber(argument.type) ? numberOf(argument) : NaN;
  if (Number.isInteger(number) && number >= 0) return number;
  throw name === '$skip'
    ? new CommandError('Location5107200', `invalid argument to $skip stage: Expected a non-negative number`)
    : new CommandError('Location5107201', `invalid argument to $limit stage: Expected a non-negative number`);
}

function positive(step: Step): number {
  const number = wholeNumber(step);
  if (number === 0) throw new CommandError('Location15958', 'the limit must be positive');
  return number;
}

function stageOf(step: Step): Stage {
  if (step.name === '$skip') {
    const skip = wholeNumber(step);
    return (items) => part(items, skip, Infinity);
  }
  if (step.name === '$limit') {
    const limit = positive(step);
    return (items) => part(items, 0, limit);
  }
  return stage(step.name, step.argument);
}

function* part(list: Slices<Buffer>, skip: number, limit: number): Slices<Buffer> {
  let seen = 0;
  for (const item of list) {
    if (item === undefined) yield undefined;
    else if (++seen > skip) yield item;
    if (seen >= skip + limit) return;
  }
}

/** `[$match, {$group: {_id: constant, n: {$sum: 1}}}]` and `[$match, {$count}]`, as the driver counts: no document is read. */
function counted(steps: readonly Step[]): { field: string; constant?: Value } | undefined {
  const [step] = steps;
  if (steps.length !== 1 || !step) return undefined;
  if (step.name !== '$group' || step.argument.type !== Type.object) return undefined;
  const fields = [...entries(step.argument)];
  const id = fields.find(([name]) => name === '_id')?.[1];
  const [other, ...more] = fields.filter(([name]) => name !== '_id');
  if (
    !id ||
    !(isNumber(id.type) || id.type === Type.null) ||
    !other ||
    more.length > 0 ||
    other[1].type !== Type.object
  )
    return undefined;
  const [sum, ...others] = [...entries(other[1])];
  if (!sum || others.length > 0 || sum[0] !== '$sum' || sum[1].type !== Type.int32 || numberOf(sum[1]) !== 1)
    return undefined;
  return { field: other[0], constant: id };
}

function* totalOf(counts: Slices<number>, field: string, constant: Value): Slices<Buffer> {
  let total = 0;
  for (const n of counts) {
    if (n === undefined) yield undefined;
    else total += n;
  }
  if (total > 0)
    yield writeFields(
      new Map([
        ['_id', constant],
        [field, valueOf(total)],
      ]),
    );
}

const aggregate = command(
  'pipeline cursor allowDiskUse hint',
  'explain collation let bypassDocumentValidation',
  (engine, request) => {
    const steps = request.list('pipeline').map(parseStep);
    if (!request.document('cursor'))
      throw new CommandError(
        'FailedToParse',
        "The 'cursor' option is required, except for aggregate with the explain argument",
      );
    const first = steps[0]?.name;
    if (first === '$changeStream' || first === '$currentOp' || first === '$listSessions')
      throw notSupported(`the stage ${first}`);
    const collection = engine.catalog.get(request.namespace);
    const hint = hintOf(collection, request.get('hint'));
    const start = planned(steps);
    const fast = start.sort.length === 0 && start.skip === 0 ? counted(steps) : undefined;
    let work: Work<Buffer>;
    if (!collection) work = nothing();
    else if (fast) {
      const counts = count(collection, start.filter, start.limit, hint);
      return engine.cursors.first(
        request.namespace,
        { items: totalOf(counts.items, fast.field, fast.constant!), rest: counts.rest },
        batchSizeOf(request),
      );
    } else work = documents(run(collection, { ...start, hint }));
    const stages = steps.map(stageOf);
    const list = stages.reduce((sum, next) => next(sum), work.items);
    return engine.cursors.first(request.namespace, { items: list, rest: work.rest }, batchSizeOf(request));
  },
);

export const aggregation: Readonly<Record<string, Command>> = { aggregate };
