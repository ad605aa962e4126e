/** The people of every identity provider in the tests. */
export const PEOPLE = {
  alice: { name: 'alice', team: 'blue' },
  bob: { name: 'bob', team: 'blue' },
  carol: { name: 'carol', team: 'red', is_admin: true },
} as const;

export type Person = keyof typeof PEOPLE;

export const EVERYBODY = Object.keys(PEOPLE) as Person[];
