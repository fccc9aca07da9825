import { subjectTemplate } from '../../../src/core/subject-template.js';

describe('subjectTemplate', () => {
  it.each([
    ['orders.created', 'orders.created'],
    ['orders.42.created', 'orders.{id}.created'],
    ['user.4bf92f35-77b3-4da6-a3ce-929d0e0e4736', 'user.{id}'],
    ['x'.repeat(100), `${'x'.repeat(64)}…`],
  ])('turns %j into %j', (subject, template) => {
    expect(subjectTemplate(subject)).toBe(template);
  });
});
