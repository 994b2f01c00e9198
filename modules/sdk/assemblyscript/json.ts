// Reads members of a JSON object where it lies in memory, without building a tree.

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const DEPTH_MAX: i32 = 64;

@final
export class Json {
  private at: usize;
  private readonly end: usize;

  constructor(private readonly start: usize, length: i32) {
    this.at = start;
    this.end = start + length;
  }

  /** The address of the value of a member of the object, 0 if this is no JSON object or has no such member. */
  find(name: string): usize {
    this.at = this.start;
    this.blanks();
    if (!this.take(0x7b)) return 0;
    let found: usize = 0;
    this.blanks();
    if (this.take(0x7d)) return 0;
    do {
      this.blanks();
      const key = this.at;
      if (!this.skipString()) return 0;
      this.blanks();
      if (!this.take(0x3a)) return 0;
      this.blanks();
      const value = this.at;
      if (!this.skipValue(0)) return 0;
      const next = this.at;
      if (this.string(key) == name) found = value; // the last of several counts
      this.at = next;
      this.blanks();
    } while (this.take(0x2c));
    if (!this.take(0x7d)) return 0;
    this.blanks();
    return this.at == this.end ? found : 0;
  }

  /** The number at an address that find() gave, NaN if there is none. */
  number(value: usize): f64 {
    if (value == 0) return NaN;
    this.at = value;
    if (!this.skipNumber()) return NaN;
    return parseFloat(String.UTF8.decodeUnsafe(value, this.at - value));
  }

  /** The text at an address that find() gave, null if there is none. */
  string(value: usize): string | null {
    if (value == 0) return null;
    this.at = value;
    if (!this.skipString()) return null;
    const last = this.at - 1;
    let text = "";
    let plain = value + 1;
    for (let i = plain; i < last; i++) {
      if (load<u8>(i) != BACKSLASH) continue;
      text += String.UTF8.decodeUnsafe(plain, i - plain);
      i++;
      const code = load<u8>(i);
      text += String.fromCharCode(code == 0x75 ? hex4(i + 1) : escaped(code));
      if (code == 0x75) i += 4;
      plain = i + 1;
    }
    return text + String.UTF8.decodeUnsafe(plain, last - plain);
  }

  /** The text or number at an address that find() gave, as it would be printed; null for anything else. */
  scalar(value: usize): string | null {
    const text = this.string(value);
    if (text != null || value == 0) return text;
    this.at = value;
    return this.skipNumber() ? String.UTF8.decodeUnsafe(value, this.at - value) : null;
  }

  private peek(): u8 {
    return this.at < this.end ? load<u8>(this.at) : 0;
  }

  private take(byte: u8): bool {
    if (this.peek() != byte) return false;
    this.at++;
    return true;
  }

  private blanks(): void {
    let c = this.peek();
    while (c == 0x20 || c == 0x09 || c == 0x0a || c == 0x0d) {
      this.at++;
      c = this.peek();
    }
  }

  private skipValue(depth: i32): bool {
    const c = this.peek();
    if (c == QUOTE) return this.skipString();
    if (c == 0x7b) return depth < DEPTH_MAX && this.skipAll(0x7d, true, depth + 1);
    if (c == 0x5b) return depth < DEPTH_MAX && this.skipAll(0x5d, false, depth + 1);
    if (c == 0x74) return this.skipWord("true");
    if (c == 0x66) return this.skipWord("false");
    if (c == 0x6e) return this.skipWord("null");
    return this.skipNumber();
  }

  private skipAll(close: u8, members: bool, depth: i32): bool {
    this.at++;
    this.blanks();
    if (this.take(close)) return true;
    do {
      this.blanks();
      if (members) {
        if (!this.skipString()) return false;
        this.blanks();
        if (!this.take(0x3a)) return false;
        this.blanks();
      }
      if (!this.skipValue(depth)) return false;
      this.blanks();
    } while (this.take(0x2c));
    return this.take(close);
  }

  private skipWord(word: string): bool {
    for (let i = 0; i < word.length; i++) {
      if (!this.take(<u8>word.charCodeAt(i))) return false;
    }
    return true;
  }

  private skipNumber(): bool {
    this.take(0x2d);
    if (!this.take(0x30) && !this.digits()) return false;
    if (this.take(0x2e) && !this.digits()) return false;
    if (this.take(0x65) || this.take(0x45)) {
      if (!this.take(0x2b)) this.take(0x2d);
      return this.digits();
    }
    return true;
  }

  private digits(): bool {
    const first = this.at;
    while (this.peek() >= 0x30 && this.peek() <= 0x39) this.at++;
    return this.at > first;
  }

  private skipString(): bool {
    if (!this.take(QUOTE)) return false;
    while (this.at < this.end) {
      const c = load<u8>(this.at++);
      if (c == QUOTE) return true;
      if (c < 0x20) return false;
      if (c == BACKSLASH && !this.skipEscape()) return false;
    }
    return false;
  }

  private skipEscape(): bool {
    const c = this.peek();
    this.at++;
    if (c == 0x75) {
      for (let i = 0; i < 4; i++) {
        if (hexDigit(this.peek()) < 0) return false;
        this.at++;
      }
      return true;
    }
    return escaped(c) >= 0;
  }
}

/** What a backslash and this letter stand for, -1 if nothing. */
function escaped(c: u8): i32 {
  switch (c) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return c;
    case 0x62:
      return 8;
    case 0x66:
      return 12;
    case 0x6e:
      return 10;
    case 0x72:
      return 13;
    case 0x74:
      return 9;
    default:
      return -1;
  }
}

function hexDigit(c: u8): i32 {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}

function hex4(at: usize): i32 {
  let value = 0;
  for (let i = 0; i < 4; i++) value = (value << 4) | hexDigit(load<u8>(at + i));
  return value;
}
