package dev.neostream.clean.pii;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Replaces e-mail addresses, public IP addresses and phone numbers by the placeholders of Dolma
 * (Soldaini et al. 2024), which tokenizers made for it know as one token each: {@value #EMAIL},
 * {@value #IP} and {@value #PHONE}. They are constant, so that masked copies of a text stay equal.
 *
 * <p>One pass, no regular expressions: time is linear in the text whatever it holds. What counts as
 * what is said in {@link Email}, {@link IpAddress} and {@link PhoneNumber}; nothing inside a longer
 * run of letters or digits is touched.
 *
 * <p>Not thread-safe: one instance a thread. Its memory is reused.
 */
public final class PiiMasker {

  public static final String EMAIL = "|||EMAIL_ADDRESS|||";
  public static final String IP = "|||IP_ADDRESS|||";
  public static final String PHONE = "|||PHONE_NUMBER|||";

  /** A text without the personal data that was found, and how often each kind was. */
  public record Masked(byte[] text, int emails, int addresses, int phones) {}

  private static final byte[] EMAIL_BYTES = EMAIL.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] IP_BYTES = IP.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PHONE_BYTES = PHONE.getBytes(StandardCharsets.US_ASCII);

  private byte[] out = new byte[1 << 12];
  private int length;

  /**
   * Returns a text with its personal data masked.
   *
   * @param utf8 well-formed UTF-8; returned itself if there is nothing to mask
   */
  public Masked mask(byte[] utf8) {
    length = 0;
    int emails = 0;
    int addresses = 0;
    int phones = 0;
    // Up to here the text is in out.
    int copied = 0;
    int i = 0;
    while (i < utf8.length) {
      byte b = utf8[i];
      if (b == '@') {
        int start = Email.start(utf8, i, copied);
        int end = start < 0 ? -1 : Email.end(utf8, i);
        if (end >= 0) {
          replace(utf8, copied, start, EMAIL_BYTES);
          emails++;
          copied = end;
          i = end;
          continue;
        }
      } else if (Ascii.isDigit(b)) {
        boolean listed = isListed(utf8, i, copied);
        int end = IpAddress.ipv4End(utf8, i, listed);
        end = end < 0 && (b == '2' || b == '3') ? IpAddress.ipv6End(utf8, i) : end;
        boolean address = end >= 0;
        if (!address) {
          end = PhoneNumber.end(utf8, i, listed);
        }
        if (end >= 0) {
          replace(utf8, copied, i, address ? IP_BYTES : PHONE_BYTES);
          addresses += address ? 1 : 0;
          phones += address ? 0 : 1;
          copied = end;
          i = end;
          continue;
        }
        // No number starts within a run of digits.
        while (i + 1 < utf8.length && Ascii.isDigit(utf8[i + 1])) {
          i++;
        }
      } else if ((b == '+' || b == '(') && Ascii.isDigit(Ascii.at(utf8, i + 1))) {
        int end = PhoneNumber.end(utf8, i, false);
        if (end >= 0) {
          replace(utf8, copied, i, PHONE_BYTES);
          phones++;
          copied = end;
          i = end;
          continue;
        }
      }
      i++;
    }
    if (copied == 0) {
      return new Masked(utf8, 0, 0, 0);
    }
    append(utf8, copied, utf8.length);
    return new Masked(Arrays.copyOf(out, length), emails, addresses, phones);
  }

  /** Returns whether a number follows one just masked behind a slash, comma or hyphen. */
  private static boolean isListed(byte[] text, int at, int copied) {
    return copied > 0 && copied == at - 1 && "/,-".indexOf(text[copied]) >= 0;
  }

  private void replace(byte[] text, int from, int to, byte[] placeholder) {
    append(text, from, to);
    append(placeholder, 0, placeholder.length);
  }

  private void append(byte[] bytes, int from, int to) {
    if (length + to - from > out.length) {
      out = Arrays.copyOf(out, Math.max(2 * out.length, length + to - from));
    }
    System.arraycopy(bytes, from, out, length, to - from);
    length += to - from;
  }
}
