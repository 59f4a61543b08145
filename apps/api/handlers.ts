import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import * as alertCommands from './alerts/commands/index.js';
import * as alertQueries from './alerts/queries/index.js';
import * as incidentCommands from './incidents/commands/index.js';
import * as incidentQueries from './incidents/queries/index.js';
import * as metricsQueries from './metrics/queries/index.js';
import * as parkedCommands from './parked/commands/index.js';
import * as parkedQueries from './parked/queries/index.js';
import * as viewCommands from './views/commands/index.js';
import * as viewQueries from './views/queries/index.js';

/** Under these keys `@CommandHandler` and `@QueryHandler` remember what a class handles. */
const handles = ['__commandHandler__', '__queryHandler__'];

export const messageOf = (handler: Type): Type | undefined =>
  handles.map((key) => Reflect.getMetadata(key, handler) as Type | undefined).find(Boolean);

/**
 * The handlers among what some modules export. Nest lets the second handler of a message win in silence and finds out that one is
 * missing when somebody asks: both fail here, at start. A message is what a class named `<Message>Handler` would handle.
 */
export function handlersIn(...modules: readonly object[]): Type[] {
  const exported = modules.flatMap((module): unknown[] => Object.values(module as Record<string, unknown>));
  const classes = exported.filter((each): each is Type => typeof each === 'function');
  const handlers = classes.filter((each) => messageOf(each) !== undefined);
  const handled = new Map<Type, Type>();
  for (const handler of handlers) {
    const message = messageOf(handler)!;
    const other = handled.get(message);
    if (other) throw new Error(`${message.name} has two handlers, ${other.name} and ${handler.name}: remove one`);
    handled.set(message, handler);
  }
  const orphan = classes.find((each) => isMessage(each) && !handled.has(each));
  if (orphan) throw new Error(`${orphan.name} has no handler: export one from the index beside it`);
  return handlers;
}

/** Bodies, parameters and handlers are named so; every other exported class is a message. */
const isMessage = ({ name }: Type): boolean => /^[A-Z]/.test(name) && !/(Body|Parameters|Handler)$/.test(name);

export const handlers = (): Type[] =>
  handlersIn(
    alertCommands,
    alertQueries,
    incidentCommands,
    incidentQueries,
    metricsQueries,
    parkedCommands,
    parkedQueries,
    viewCommands,
    viewQueries,
  );
