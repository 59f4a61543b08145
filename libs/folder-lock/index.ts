export { FolderLock } from './folder-lock.js';
export type { Contact, Owner } from './folder-lock.js';
