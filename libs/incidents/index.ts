export * from './vocabulary.js';
export * from './alert-report.js';
export * from './events.js';
