/** The process in which a log is verified. */
import { answerParent } from './reading-process.js';
import { verifyLog } from './storage/verify.js';

const [folder] = process.argv.slice(2) as [string];
await answerParent(folder, () => verifyLog(folder));
