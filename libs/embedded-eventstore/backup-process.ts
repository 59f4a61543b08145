import { copyDatabases } from './storage/databases.js';

/** The process in which a log is copied, from one folder into another: a file whose tree is damaged may crash it. */
process.on('disconnect', () => process.exit(1)); // nobody is left who would finish the copy
await copyDatabases(process.argv[2]!, process.argv[3]!);
process.exit();
