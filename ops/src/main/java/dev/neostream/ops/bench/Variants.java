package dev.neostream.ops.bench;

import dev.neostream.schemas.Envelope;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Documents made of real ones, as many as a measurement needs, none a duplicate of another: same
 * markup, same length, same script, some words another.
 */
final class Variants {

  /** One word in this many is another in each variant. */
  private static final int WORDS_A_CHANGE = 8;

  private static final int LEAST_LETTERS = 4;
  private static final String CONSONANTS = "bcdfghjklmnpqrstvwxz";
  private static final String VOWELS = "aeiou";

  private Variants() {}

  /**
   * Writes a variant of every document into an archive that ingest reads.
   *
   * @param variant 0 for the documents as they are
   */
  static Path write(List<Envelope> documents, int variant, Path folder) throws IOException {
    Files.createDirectories(folder);
    Path archive = folder.resolve("variant-" + variant + ".zip");
    try (var zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(archive)))) {
      zip.setLevel(Deflater.BEST_SPEED);
      for (int i = 0; i < documents.size(); i++) {
        zip.putNextEntry(new ZipEntry(variant + "/" + i + suffix(documents.get(i))));
        zip.write(of(documents.get(i).body, variant));
        zip.closeEntry();
      }
    }
    return archive;
  }

  private static String suffix(Envelope document) {
    if (document.mediaType.contains("html")) {
      return ".html";
    }
    String name = document.file.substring(document.file.lastIndexOf('/') + 1);
    return document.mediaType.startsWith("text/x-") && name.contains(".")
        ? name.substring(name.lastIndexOf('.'))
        : ".txt";
  }

  /** Returns the same bytes with other letters in some words outside tags. */
  static byte[] of(byte[] document, int variant) {
    byte[] changed = document.clone();
    if (variant == 0) {
      return changed;
    }
    boolean inTag = false;
    for (int i = 0; i < changed.length; ) {
      if (isLower(changed[i]) && !inTag) {
        int end = i;
        int hash = variant;
        while (end < changed.length && isLower(changed[end])) {
          hash = 31 * hash + changed[end++];
        }
        if (end - i >= LEAST_LETTERS && Integer.remainderUnsigned(mix(hash), WORDS_A_CHANGE) == 0) {
          shift(changed, i, end, variant);
        }
        i = end;
      } else if (isHan(changed, i) && !inTag) {
        int hash = (changed[i] * 31 + changed[i + 1]) * 31 + changed[i + 2] + 7919 * variant;
        if (Integer.remainderUnsigned(mix(hash), WORDS_A_CHANGE) == 0) {
          changed[i + 2] = (byte) (0x80 | changed[i + 2] + variant & 0x3f);
        }
        i += 3;
      } else {
        inTag = changed[i] == '<' || inTag && changed[i] != '>';
        i++;
      }
    }
    return changed;
  }

  private static void shift(byte[] text, int from, int to, int variant) {
    for (int i = from; i < to; i++) {
      String kind = VOWELS.indexOf(text[i]) >= 0 ? VOWELS : CONSONANTS;
      int at = kind.indexOf(text[i]);
      if (at >= 0) {
        text[i] = (byte) kind.charAt((at + variant) % kind.length());
      }
    }
  }

  private static int mix(int hash) {
    int mixed = (hash ^ hash >>> 15) * 0x2c1b3c6d;
    return mixed ^ mixed >>> 12;
  }

  private static boolean isLower(byte b) {
    return b >= 'a' && b <= 'z';
  }

  /** Whether a Han character of the main block, in UTF-8, begins here. */
  private static boolean isHan(byte[] text, int i) {
    int lead = text[i] & 0xff;
    return lead >= 0xe5
        && lead <= 0xe9
        && i + 2 < text.length
        && (text[i + 1] & 0xc0) == 0x80
        && (text[i + 2] & 0xc0) == 0x80;
  }
}
