/** Who every identity provider of the tests knows. */
export const PEOPLE = {
  alice: { name: 'alice', team: 'blue' },
  bob: { name: 'bob', team: 'blue' },
  carol: { name: 'carol', team: 'red', is_admin: true },
} as const;

export type Person = keyof typeof PEOPLE;

export const EVERYBODY = Object.keys(PEOPLE) as Person[];
