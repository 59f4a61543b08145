export * from './get-history.js';
export * from './get-incident.js';
export * from './list-alerts-of-incident.js';
export * from './list-assets-of-incident.js';
export * from './list-incidents.js';
export * from './list-tags.js';
