import { verifyLog } from './storage/verify.js';

/** The process in which a log is verified: says `Verification` to its parent. A file whose tree is damaged may crash it. */
process.send!(await verifyLog(process.argv[2]!));
