export * from './list-views.js';
