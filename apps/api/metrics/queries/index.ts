export * from './summarize-metrics.js';
