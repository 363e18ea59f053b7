package dev.neostream.clean.charset;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Set;

/**
 * Trains the {@link CharacterModel}s.
 *
 * <pre>
 * java -cp ... dev.neostream.clean.charset.CharacterModelTrainer TEXTS MODEL
 * </pre>
 *
 * TEXTS is the folder of {@code dev.neostream.clean.language.LanguageModelTrainer}; {@code
 * zh-Hans.txt}, {@code zh-Hant.txt}, {@code ja.txt} and {@code ko.txt} give single characters, the
 * others of {@link #ALPHABETS} pairs.
 */
public final class CharacterModelTrainer {

  /** Languages of which much text in legacy encodings exists. */
  private static final Set<String> ALPHABETS =
      Set.of(
          "en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "is", "ca", "gl", "ga",
          "sq", "hu", "cs", "sk", "sl", "hr", "pl", "ro", "et", "lv", "lt", "tr", "eo", "mt", "ru",
          "uk", "be", "bg", "mk", "sr", "el", "he", "ar", "fa", "th");

  private static final Set<String> CJK = Set.of("zh-Hans", "zh-Hant", "ja", "ko");

  /** A character with fewer occurrences in a million is noise of the texts. */
  private static final double MIN_SHARE = 20e-6;

  /** Weight of the single letter's probability in that of a pair, as a number of occurrences. */
  private static final double SMOOTHING = 5;

  private CharacterModelTrainer() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: CharacterModelTrainer TEXTS MODEL");
      System.exit(2);
    }
    var models = new ArrayList<CharacterModel>();
    try (var files = Files.newDirectoryStream(Path.of(args[0]), "*.txt")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        String language = name.substring(0, name.length() - ".txt".length());
        if (ALPHABETS.contains(language)) {
          models.add(pairs(language, Files.readString(file)));
        } else if (CJK.contains(language)) {
          models.add(single(language, Files.readString(file)));
        }
      }
    }
    models.sort((a, b) -> a.language().compareTo(b.language()));
    try (var out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(Path.of(args[1]))))) {
      out.writeInt(CharacterModel.MAGIC);
      out.writeShort(CharacterModel.VERSION);
      out.writeShort(models.size());
      for (CharacterModel model : models) {
        model.write(out);
      }
    }
  }

  private static CharacterModel pairs(String language, String text) {
    var counts = new int[1 << 16];
    for (int i = 0; i < text.length(); i++) {
      counts[Character.toLowerCase(text.charAt(i))]++;
    }
    var symbols = new StringBuilder();
    for (char c = 'a'; c < counts.length - 1; c++) {
      int type = Character.getType(c);
      boolean letter = Character.isLetter(c) || type == Character.NON_SPACING_MARK;
      boolean usual = c <= 'z' || counts[c] > MIN_SHARE * text.length();
      if (letter && usual) {
        symbols.append(c);
      }
    }
    char[] alphabet = symbols.toString().toCharArray();
    int n = alphabet.length + 2;
    var model = new CharacterModel(language, true, alphabet, new byte[n * n]);
    var pairs = new double[n * n];
    var single = new double[n];
    Arrays.fill(single, 0.5);
    single[CharacterModel.PUNCTUATION] += 0.002 * text.length();
    int before = CharacterModel.BOUNDARY;
    for (int i = 0; i < text.length(); i++) {
      int at = Math.max(CharacterModel.BOUNDARY, model.index(text.charAt(i)));
      pairs[before * n + at]++;
      single[at]++;
      before = at;
    }
    double total = Arrays.stream(single).sum();
    for (int row = 0; row < n; row++) {
      double sum = SMOOTHING;
      for (int column = 0; column < n; column++) {
        sum += pairs[row * n + column];
      }
      for (int column = 0; column < n; column++) {
        double p = (pairs[row * n + column] + SMOOTHING * single[column] / total) / sum;
        model.costs()[row * n + column] = cost(p);
      }
    }
    return model;
  }

  private static CharacterModel single(String language, String text) {
    var counts = new int[1 << 16];
    int total = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80 && !Character.isSurrogate(c)) {
        counts[c]++;
        total++;
      }
    }
    var symbols = new StringBuilder();
    for (int c = 0x80; c < counts.length; c++) {
      if (counts[c] > 0) {
        symbols.append((char) c);
      }
    }
    var costs = new byte[symbols.length()];
    for (int i = 0; i < costs.length; i++) {
      costs[i] = cost((double) counts[symbols.charAt(i)] / total);
    }
    return new CharacterModel(language, false, symbols.toString().toCharArray(), costs);
  }

  private static byte cost(double probability) {
    return (byte) Math.min(255, Math.round(-Math.log(probability) * CharacterModel.UNITS));
  }
}
