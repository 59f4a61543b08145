export * from './remove-view.js';
export * from './save-view.js';
