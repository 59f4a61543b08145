export * from './list-parked.js';
