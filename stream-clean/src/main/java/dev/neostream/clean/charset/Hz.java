package dev.neostream.clean.charset;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;

/**
 * HZ-GB-2312 (RFC 1843), decoding only: ASCII, in which {@code ~{} and {@code ~}} enclose pairs of
 * seven-bit GB2312 bytes and {@code ~~} is a tilde.
 */
final class Hz extends Charset {

  static final Hz CHARSET = new Hz();

  private static final char[] GB2312 = table();

  private Hz() {
    super("HZ-GB-2312", new String[] {"HZ"});
  }

  /** Whether an opening escape is followed by pairs and a closing escape on the same line. */
  boolean isRun(byte[] b, int open, int length) {
    int i = open + 2;
    while (i + 1 < length && isPair(b[i], b[i + 1])) {
      i += 2;
    }
    return i > open + 2 && i + 1 < length && b[i] == '~' && b[i + 1] == '}';
  }

  @Override
  public boolean contains(Charset other) {
    return false;
  }

  @Override
  public boolean canEncode() {
    return false;
  }

  @Override
  public CharsetEncoder newEncoder() {
    throw new UnsupportedOperationException("HZ-GB-2312 is only decoded");
  }

  @Override
  public CharsetDecoder newDecoder() {
    return new CharsetDecoder(this, 1, 1) {
      private boolean pairs;

      @Override
      protected void implReset() {
        pairs = false;
      }

      @Override
      protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
        while (in.hasRemaining()) {
          int at = in.position();
          byte first = in.get(at);
          boolean two = first == '~' || pairs && first != '\n';
          if (two && in.remaining() < 2) {
            return CoderResult.UNDERFLOW;
          }
          byte second = two ? in.get(at + 1) : 0;
          boolean escape = first == '~' && (second == '{' || second == '}' || second == '\n');
          if (escape) {
            pairs = second == '{';
          } else if (!out.hasRemaining()) {
            return CoderResult.OVERFLOW;
          } else if (first == '~' && second == '~' || !two) {
            pairs &= first != '\n';
            out.put((char) (first & 0xff));
          } else if (pairs && isPair(first, second)) {
            out.put(GB2312[(first - 0x21) * 94 + second - 0x21]);
          } else {
            return CoderResult.malformedForLength(1);
          }
          in.position(at + (two ? 2 : 1));
        }
        return CoderResult.UNDERFLOW;
      }
    };
  }

  private static boolean isPair(byte first, byte second) {
    return first > 0x20 && first < 0x78 && second > 0x20 && second < 0x7f;
  }

  private static char[] table() {
    var bytes = new byte[94 * 94 * 2];
    for (int i = 0; i < bytes.length; i += 2) {
      bytes[i] = (byte) (0xa1 + i / 2 / 94);
      bytes[i + 1] = (byte) (0xa1 + i / 2 % 94);
    }
    return new String(bytes, Charset.forName("GBK")).toCharArray();
  }
}
