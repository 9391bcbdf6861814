// SPDX-License-Identifier: Apache-2.0

/** What the server refused or could not do, in its own words (RFC 7807). */
export class APIError extends Error {
  /** @param {number} status 0 where no answer came. @param {Object} problem */
  constructor(status, problem) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.name = "APIError";
    this.status = status;
    this.title = problem.title ?? "";
    this.detail = problem.detail ?? "";
    this.cure = problem.cure ?? null;
    this.kind = problem.kind ?? problem.type ?? null;
    this.problems = problem.problems ?? [];
  }
}

/**
 * Calls of the server's interface with the session's cookie and, where something is changed, the token that keeps
 * other sites from doing so.
 */
export class API {
  #token = null;
  #words;
  #onSessionLost;

  /**
   * @param {Object} options
   * @param {() => {offline: string, offlineCure: string, failed: string}} options.words sentences for errors that
   *   have none of their own
   * @param {() => void} options.onSessionLost called when the server no longer knows the session
   */
  constructor({ words, onSessionLost }) {
    this.#words = words;
    this.#onSessionLost = onSessionLost;
  }

  /** Takes the token of `GET /api/me`. */
  useToken(token) {
    this.#token = token;
  }

  get(path, options) { return this.#json("GET", path, undefined, options); }
  post(path, body, options) { return this.#json("POST", path, body, options); }
  put(path, body, options) { return this.#json("PUT", path, body, options); }
  patch(path, body, options) { return this.#json("PATCH", path, body, options); }
  delete(path, options) { return this.#json("DELETE", path, undefined, options); }

  /**
   * The answer itself, for bytes and texts.
   *
   * @param {string} path
   * @param {RequestInit} [options]
   * @returns {Promise<Response>}
   * @throws {APIError} for every status from 400 on, and where no answer came; an abort stays an `AbortError`.
   */
  async raw(path, options = {}) {
    const method = options.method ?? "GET";
    const headers = new Headers(options.headers);
    if (method !== "GET" && method !== "HEAD" && this.#token) headers.set("X-CSRF-Token", this.#token);
    let response;
    try {
      response = await fetch(path, { credentials: "same-origin", ...options, method, headers });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      const words = this.#words();
      throw new APIError(0, { title: words.offline, detail: words.offlineCure });
    }
    if (response.ok) return response;
    if (response.status === 401) this.#onSessionLost(path);
    throw new APIError(response.status, await this.#problem(response));
  }

  /**
   * Sends a file, telling how far it is: `fetch` cannot.
   *
   * @param {string} name file name on the server
   * @param {File} file
   * @param {(share: number) => void} onProgress
   * @param {AbortSignal} [signal]
   */
  upload(name, file, onProgress, signal) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("PUT", `/api/uploads/${encodeURIComponent(name)}`);
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
      if (this.#token) request.setRequestHeader("X-CSRF-Token", this.#token);
      request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
      request.onload = () => {
        const body = parsed(request.responseText);
        if (request.status < 300) resolve(body);
        else reject(new APIError(request.status, body ?? { title: this.#words().failed }));
      };
      request.onerror = () => {
        const words = this.#words();
        reject(new APIError(0, { title: words.offline, detail: words.offlineCure }));
      };
      request.onabort = () => reject(new DOMException("", "AbortError"));
      signal?.addEventListener("abort", () => request.abort());
      request.send(file);
    });
  }

  async #json(method, path, body, options = {}) {
    const headers = { Accept: "application/json", ...options.headers };
    if (body !== undefined) headers["Content-Type"] = options.mediaType ?? "application/json";
    const content = body === undefined ? undefined : JSON.stringify(body);
    const response = await this.raw(path, { method, headers, body: content, signal: options.signal });
    if (response.status === 204) return null;
    return parsed(await response.text());
  }

  async #problem(response) {
    const body = parsed(await response.text().catch(() => ""));
    if (body && typeof body === "object") return body;
    return { title: this.#words().failed, detail: `${response.status} ${response.statusText}`.trim() };
  }
}

/** A query string of the members that have a value: `?q=ice&limit=50`, or nothing. */
export function query(values) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
