/** The process in which a log that no store has is copied, from one folder into another. */
import { answerParent } from './reading-process.js';
import { copyDatabases, openDatabases } from './storage/databases.js';

const [folder, into] = process.argv.slice(2) as [string, string];
await answerParent(folder, async () => {
  const { root } = openDatabases(folder);
  await copyDatabases(root, into);
  await root.close();
});
