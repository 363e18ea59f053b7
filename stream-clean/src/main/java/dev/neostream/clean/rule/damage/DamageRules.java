package dev.neostream.clean.rule.damage;

import dev.neostream.clean.rule.Page;
import dev.neostream.clean.rule.Share;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Damage that no published family looks for: characters that decoding could not recover, or took
 * for others. All are shares of the text's characters.
 *
 * <pre>
 * replacement_characters  U+FFFD
 * private_use             characters of private use: icons of a font, or holes of a character set
 * control_characters      C0 and C1 controls other than white space
 * mojibake_latin          characters that come of UTF-8 or GBK read as a single-byte set
 * mojibake_han            characters that come of UTF-8 or Latin-1 read as GBK or Shift-JIS
 * </pre>
 *
 * <p>See {@link dev.neostream.clean.text.Mojibake} for what counts as such.
 */
public final class DamageRules {

  private DamageRules() {}

  /** Returns the measures of the family by code. */
  public static Map<String, ToDoubleFunction<Page>> measures() {
    return Map.of(
        "damage.replacement_characters",
        share(page -> page.signals().characters().occurrences('\ufffd')),
        "damage.private_use",
        share(page -> page.signals().characters().privateUse()),
        "damage.control_characters",
        share(page -> page.signals().characters().controls()),
        "damage.mojibake_latin",
        Share.bounded(
            share(page -> page.signals().mojibake().latin()),
            share(page -> page.signals().mojibake().latinBound())),
        "damage.mojibake_han",
        Share.bounded(
            share(page -> page.signals().mojibake().han()),
            share(page -> page.signals().mojibake().hanBound())));
  }

  private static Share share(ToDoubleFunction<Page> part) {
    return Share.of(part, page -> page.signals().characters().count());
  }
}
