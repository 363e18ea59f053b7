package dev.neostream.ops.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * English-like documents of about 5 KB with a known share of duplicates, the same for the same
 * arguments: sentences of made-up words whose frequencies follow Zipf's law.
 *
 * <p>A duplicate is a copy of an original before it; half of them are equal, in the others 1 to 5 %
 * of the words are replaced.
 */
final class SyntheticCorpus {

  private static final int FILES = 8;
  private static final int WORDS = 20_000;
  private static final int QUANTILES = 1 << 18;
  private static final int LEAST_WORDS = 400;
  private static final int MOST_WORDS = 1_300;
  private static final int SENTENCES_A_PARAGRAPH = 6;

  private static final String[] ONSETS = {
    "b", "br", "c", "ch", "d", "f", "fl", "g", "h", "l", "m", "n", "p", "pr", "r", "s", "st", "t",
    "th", "w"
  };
  private static final String[] RHYMES = {
    "a", "an", "ar", "e", "ed", "en", "er", "i", "in", "ing", "o", "on", "or", "u", "un", "y"
  };

  private final long seed;
  // Word of each quantile of the frequencies: a word is drawn by one look-up.
  private final String[] quantiles = new String[QUANTILES];

  SyntheticCorpus(long seed) {
    this.seed = seed;
    String[] words = words(new SplittableRandom(seed));
    double total = 0;
    for (int rank = 1; rank <= WORDS; rank++) {
      total += 1.0 / rank;
    }
    double below = 0;
    int quantile = 0;
    for (int rank = 1; rank <= WORDS; rank++) {
      below += 1.0 / rank;
      for (; quantile < Math.round(below / total * QUANTILES); quantile++) {
        quantiles[quantile] = words[rank - 1];
      }
    }
  }

  private static String[] words(SplittableRandom random) {
    var words = new String[WORDS];
    for (int i = 0; i < WORDS; i++) {
      var word = new StringBuilder();
      int syllables = 1 + random.nextInt(i < 100 ? 2 : 4);
      for (int j = 0; j < syllables; j++) {
        word.append(ONSETS[random.nextInt(ONSETS.length)]);
        word.append(RHYMES[random.nextInt(RHYMES.length)]);
      }
      words[i] = word.toString();
    }
    return words;
  }

  /**
   * Writes the documents as JSON Lines into the folder and returns the files.
   *
   * @param duplicates share of duplicates, 0 to 1
   */
  List<Path> write(Path folder, int documents, double duplicates) throws IOException {
    Files.createDirectories(folder);
    var random = new SplittableRandom(seed + 1);
    var files = new ArrayList<Path>();
    int originals = 0;
    for (int file = 0; file < FILES; file++) {
      Path path = folder.resolve("part-" + file + ".jsonl");
      files.add(path);
      int from = (int) ((long) documents * file / FILES);
      int to = (int) ((long) documents * (file + 1) / FILES);
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16)) {
        for (int i = from; i < to; i++) {
          List<String> words;
          if (originals > 0 && random.nextDouble() < duplicates) {
            words = original(random.nextInt(originals));
            if (random.nextBoolean()) {
              edit(words, random);
            }
          } else {
            words = original(originals++);
          }
          out.write(line(i, words).getBytes(StandardCharsets.US_ASCII));
        }
      }
    }
    return files;
  }

  private List<String> original(int number) {
    // Seeds one apart give unlike numbers: SplittableRandom mixes them.
    var random = new SplittableRandom(seed + 2 + number);
    int n = random.nextInt(LEAST_WORDS, MOST_WORDS);
    var words = new ArrayList<String>(n);
    for (int i = 0; i < n; i++) {
      words.add(word(random));
    }
    return words;
  }

  private void edit(List<String> words, SplittableRandom random) {
    double share = random.nextDouble(0.01, 0.05);
    for (int i = 0; i < words.size(); i++) {
      if (random.nextDouble() < share) {
        words.set(i, word(random));
      }
    }
  }

  private String word(SplittableRandom random) {
    return quantiles[random.nextInt(QUANTILES)];
  }

  /** Sentences end after a word of length 3 at least, whose hash says so: a copy's do likewise. */
  private static String line(int number, List<String> words) {
    var line = new StringBuilder();
    line.append("{\"url\":\"https://site-")
        .append(number % 1_000)
        .append(".example/page-")
        .append(number)
        .append("\",\"text\":\"");
    boolean start = true;
    int sentences = 0;
    for (String word : words) {
      line.append(start ? Character.toUpperCase(word.charAt(0)) : word.charAt(0));
      line.append(word, 1, word.length());
      start = word.length() >= 3 && Math.floorMod(word.hashCode(), 11) == 0;
      line.append(start ? ". " : " ");
      if (start && ++sentences % SENTENCES_A_PARAGRAPH == 0) {
        line.setLength(line.length() - 1);
        line.append("\\n\\n");
      }
    }
    return line.append("\"}\n").toString();
  }
}
