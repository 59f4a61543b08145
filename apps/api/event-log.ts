/** The name under which Nest hands out the EventLog, which is an interface and has none at run time. */
export const EVENT_LOG = Symbol('EventLog');
