/** A body that is as valid and says something else; undefined for commands that take none. */
export function otherBody({ path, body }: { readonly path: string; readonly body: object }): object | undefined {
  const command = path.slice(path.lastIndexOf('/') + 1);
  switch (command) {
    case 'alerts':
      return { ...body, title: 'Something else' };
    case 'incidents':
    case 'rename':
      return { ...body, displayName: 'Something else' };
    case 'bulk':
      return { ...body, command: 'comments', body: { comment: 'Something else' } };
    case 'assign':
      return { assignedTo: 'noa' };
    case 'classify':
      return { classification: 'informationalExpectedActivity' };
    case 'severity':
      return { severity: 'informational' };
    case 'tags':
      return { add: ['other'] };
    case 'move':
    case 'merge':
    case 'resolve':
    case 'comments':
      return { ...body, comment: 'Something else' };
    default:
      return undefined;
  }
}
