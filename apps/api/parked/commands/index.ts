export * from './unpark.js';
