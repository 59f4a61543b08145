export * from './get-alert.js';
