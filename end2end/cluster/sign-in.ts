import type { Person } from '../support/people.js';

/** Signs in as a program can: along the redirects, keeping cookies, until the token is there. */
export async function signIn(url: string, person: Person): Promise<string> {
  const cookies = new Map<string, string>();
  let next = new URL('/auth/login', url);
  let form: URLSearchParams | undefined;
  for (let hop = 0; hop < 12; hop++) {
    const response = await fetch(next, {
      method: form ? 'POST' : 'GET',
      body: form,
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    keep(cookies, response);
    const location = response.headers.get('location');
    form = undefined;
    if (location) {
      next = new URL(location, next);
      const token = new URLSearchParams(next.hash.slice(1)).get('token');
      if (token) return token;
    } else if (response.ok) {
      form = new URLSearchParams({ person });
    } else {
      throw new Error(`${next} answered ${response.status}: ${await response.text()}`);
    }
  }
  throw new Error(`signing in as ${person} leads in circles, last to ${next}`);
}

function keep(cookies: Map<string, string>, response: Response): void {
  for (const cookie of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value) cookies.set(name, value);
    else cookies.delete(name);
  }
}
