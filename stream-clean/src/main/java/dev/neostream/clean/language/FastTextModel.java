package dev.neostream.clean.language;

import static dev.neostream.clean.language.FastTextInput.require;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A supervised model of fastText (file version 12; {@code .bin}, and {@code .ftz}, whose matrices
 * are product-quantised), for prediction: labels and probabilities are those of {@code fasttext
 * predict-prob}. Joulin et al. 2017, "Bag of Tricks for Efficient Text Classification", and Joulin
 * et al. 2016, "FastText.zip", section 3.
 *
 * <p>Not thread-safe: one instance a thread.
 */
public final class FastTextModel {

  private static final int MAGIC = 793712314;
  private static final int VERSION = 12;
  private static final int SUPERVISED = 3;
  private static final int HIERARCHICAL_SOFTMAX = 1;
  private static final int SOFTMAX = 3;

  /** fastText takes log(p + 1e-5) for log(p). */
  private static final double LOG_OFFSET = 1e-5;

  private static final byte[] END_OF_LINE = "</s>".getBytes(StandardCharsets.US_ASCII);
  private static final Map<String, String> CODES = codes();

  private final int dim;
  private final int wordNgrams;
  private final int loss;
  private final int bucket;
  private final int minn;
  private final int maxn;
  private final int words;
  private final String[] labels;
  private final byte[][] entries;
  private final int[] table;
  private final Map<Integer, Integer> pruned;
  private final FastTextMatrix input;
  private final FastTextMatrix output;
  private final int[] left;
  private final int[] right;

  private final float[] hidden;
  private final double[] scores;
  private int[] features = new int[1 << 10];
  private int size;
  private int[] hashes = new int[1 << 8];
  private int tokens;

  private FastTextModel(
      int[] args,
      String[] labels,
      byte[][] entries,
      int[] counts,
      Map<Integer, Integer> pruned,
      FastTextMatrix input,
      FastTextMatrix output) {
    dim = args[0];
    wordNgrams = args[4];
    loss = args[5];
    bucket = args[7];
    minn = args[8];
    maxn = args[9];
    this.labels = labels;
    this.entries = entries;
    this.pruned = pruned;
    this.input = input;
    this.output = output;
    words = entries.length;
    table = new int[Integer.highestOneBit(Math.max(8, words)) * 4];
    for (int w = 0; w < words; w++) {
      int slot = slot(entries[w], 0, entries[w].length);
      table[slot] = w + 1;
    }
    int n = labels.length;
    left = new int[n];
    right = new int[n];
    hidden = new float[dim];
    scores = new double[2 * n];
    if (loss == HIERARCHICAL_SOFTMAX) {
      huffman(counts);
    }
  }

  private FastTextModel(FastTextModel other) {
    dim = other.dim;
    wordNgrams = other.wordNgrams;
    loss = other.loss;
    bucket = other.bucket;
    minn = other.minn;
    maxn = other.maxn;
    words = other.words;
    labels = other.labels;
    entries = other.entries;
    table = other.table;
    pruned = other.pruned;
    input = other.input;
    output = other.output;
    left = other.left;
    right = other.right;
    hidden = new float[dim];
    scores = new double[other.scores.length];
  }

  /** Returns a model for another thread; what was read is shared. */
  FastTextModel copy() {
    return new FastTextModel(this);
  }

  /** Returns a hash of labels and vocabulary, hex: tells one user's model from another. */
  String fingerprint() {
    int hash = Arrays.hashCode(labels);
    for (byte[] entry : entries) {
      hash = 31 * hash + Arrays.hashCode(entry);
    }
    return Integer.toHexString(hash);
  }

  /**
   * Reads a model.
   *
   * @throws IOException if the file is not a supervised model of version 12 with softmax or
   *     hierarchical softmax, or ends early; sizes are checked against the file's before memory is
   *     taken
   */
  public static FastTextModel load(Path file) throws IOException {
    long length = Files.size(file);
    try (var in = new FastTextInput(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      return read(in, length);
    } catch (EOFException e) {
      throw new IOException("fastText model must be whole: file=" + file, e);
    } catch (IOException e) {
      throw new IOException(e.getMessage() + ", file=" + file, e);
    }
  }

  private static FastTextModel read(FastTextInput in, long length) throws IOException {
    int magic = in.int32();
    require(magic == MAGIC, "must start with fastText's magic number", magic);
    int version = in.int32();
    require(version == VERSION, "version must be 12", version);
    // dim, ws, epoch, minCount, neg, wordNgrams, loss, model, bucket, minn, maxn, lrUpdateRate
    int[] header = new int[12];
    for (int i = 0; i < header.length; i++) {
      header[i] = in.int32();
    }
    in.int64();
    int[] args = {
      header[0],
      header[1],
      header[2],
      header[3],
      header[5],
      header[6],
      header[7],
      header[8],
      header[9],
      header[10]
    };
    int dim = args[0];
    require(dim > 0 && dim <= 1 << 16, "dim must be 1..65536", dim);
    require(args[6] == SUPERVISED, "model must be supervised (3)", args[6]);
    require(
        args[5] == SOFTMAX || args[5] == HIERARCHICAL_SOFTMAX,
        "loss must be hierarchical softmax (1) or softmax (3)",
        args[5]);
    require(args[4] >= 1 && args[4] <= 100, "wordNgrams must be 1..100", args[4]);
    boolean ngrams = args[9] > 0 || args[4] > 1;
    require(args[7] > 0 || args[7] == 0 && !ngrams, "bucket must be positive", args[7]);
    require(args[8] >= 0 && args[9] >= 0 && args[9] <= 1000, "maxn must be 0..1000", args[9]);
    int size = in.int32();
    int words = in.int32();
    int labels = in.int32();
    in.int64();
    long pruneSize = in.int64();
    // An entry takes ten bytes at least.
    require(
        size >= 0 && size <= length / 10 && words >= 0 && labels > 0 && words + labels == size,
        "entries must fit the file",
        size);
    require(pruneSize >= -1 && pruneSize <= length / 8, "pruned n-grams must fit", pruneSize);
    var entries = new byte[words][];
    var names = new String[labels];
    var counts = new int[labels];
    for (int i = 0, l = 0; i < size; i++) {
      byte[] entry = in.string();
      long count = in.int64();
      if (in.int8() == 0) {
        require(i < words, "words must come before labels", i);
        entries[i] = entry;
      } else {
        require(i >= words, "words must come before labels", i);
        counts[l] = (int) Math.min(Integer.MAX_VALUE, count);
        names[l++] = new String(entry, StandardCharsets.UTF_8);
      }
    }
    Map<Integer, Integer> pruned = pruneSize < 0 ? null : new HashMap<>();
    for (long i = 0; i < pruneSize; i++) {
      pruned.put(in.int32(), in.int32());
    }
    boolean quantised = in.int8() != 0;
    FastTextMatrix input =
        quantised
            ? FastTextMatrix.Quantised.read(in, length, dim)
            : FastTextMatrix.Dense.read(in, length, dim);
    boolean quantisedOutput = in.int8() != 0;
    FastTextMatrix output =
        quantised && quantisedOutput
            ? FastTextMatrix.Quantised.read(in, length, dim)
            : FastTextMatrix.Dense.read(in, length, dim);
    int buckets = pruned == null ? args[7] : pruned.size();
    require(
        input.rows() >= (long) words + (ngrams ? buckets : 0),
        "input must have a row a word and a bucket",
        input.rows());
    require(output.rows() >= labels, "output must have a row a label", output.rows());
    return new FastTextModel(args, names, entries, counts, pruned, input, output);
  }

  /**
   * Returns the most probable label of a text as one line, in ISO 639 as {@link Language} has it:
   * {@code __label__en} is {@code en}, and {@code __label__eng_Latn} too; {@link
   * Language#UNDETERMINED} if the model knows nothing of the text.
   *
   * @param utf8 line ends count as spaces
   */
  public Language predict(byte[] utf8) {
    collect(utf8);
    if (size == 0) {
      return Language.UNDETERMINED;
    }
    Arrays.fill(hidden, 0);
    for (int i = 0; i < size; i++) {
      input.addTo(hidden, features[i]);
    }
    for (int d = 0; d < dim; d++) {
      hidden[d] *= 1f / size;
    }
    int best = loss == SOFTMAX ? softmax() : hierarchical();
    return new Language(code(labels[best]), (float) Math.min(1, scores[best]));
  }

  private int softmax() {
    int best = 0;
    for (int l = 0; l < labels.length; l++) {
      scores[l] = output.dot(hidden, l);
      best = scores[l] > scores[best] ? l : best;
    }
    double max = scores[best];
    double sum = 0;
    for (int l = 0; l < labels.length; l++) {
      scores[l] = Math.exp(scores[l] - max);
      sum += scores[l];
    }
    scores[best] = scores[best] / sum + LOG_OFFSET;
    return best;
  }

  /** Inner nodes are made after their children, so one pass from the root reaches all leaves. */
  private int hierarchical() {
    int n = labels.length;
    scores[2 * n - 2] = 1;
    for (int node = n - 2; node >= 0; node--) {
      double f = 1 / (1 + Math.exp(-output.dot(hidden, node)));
      scores[left[node]] = scores[node + n] * (1 - f + LOG_OFFSET);
      scores[right[node]] = scores[node + n] * (f + LOG_OFFSET);
    }
    int best = 0;
    for (int l = 1; l < n; l++) {
      best = scores[l] > scores[best] ? l : best;
    }
    return best;
  }

  /** fastText's tree: labels by falling count; of equal counts the inner node is taken first. */
  private void huffman(int[] counts) {
    int n = counts.length;
    var count = new long[2 * n - 1];
    Arrays.fill(count, (long) 1e15);
    for (int l = 0; l < n; l++) {
      count[l] = counts[l];
    }
    int leaf = n - 1;
    int node = n;
    for (int i = n; i < 2 * n - 1; i++) {
      for (int k = 0; k < 2; k++) {
        int least = leaf >= 0 && count[leaf] < count[node] ? leaf-- : node++;
        (k == 0 ? left : right)[i - n] = least;
      }
      count[i] = count[left[i - n]] + count[right[i - n]];
    }
  }

  private void collect(byte[] text) {
    size = 0;
    tokens = 0;
    int start = 0;
    for (int i = 0; i <= text.length; i++) {
      if (i == text.length || isSpace(text[i])) {
        if (i > start) {
          addToken(text, start, i);
        }
        start = i + 1;
      }
    }
    if (tokens > 0) {
      addToken(END_OF_LINE, 0, END_OF_LINE.length);
    }
    for (int i = 0; i < tokens; i++) {
      long hash = hashes[i];
      for (int j = i + 1; j < tokens && j < i + wordNgrams; j++) {
        hash = hash * 116049371L + hashes[j];
        addNgram(Long.remainderUnsigned(hash, bucket));
      }
    }
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b >= '\t' && b <= '\r' || b == 0;
  }

  private void addToken(byte[] text, int from, int to) {
    int word = table[slot(text, from, to)] - 1;
    if (word >= 0) {
      add(word);
    }
    boolean end = text == END_OF_LINE;
    if (!end && maxn > 0) {
      addSubwords(text, from, to);
    }
    if (wordNgrams > 1) {
      hashes = tokens < hashes.length ? hashes : Arrays.copyOf(hashes, 2 * tokens);
      hashes[tokens] = hash(text, from, to);
    }
    tokens++;
  }

  /** N-grams of characters of the word between angle brackets, hashed by byte. */
  private void addSubwords(byte[] text, int from, int to) {
    for (int i = from - 1; i <= to; i++) {
      if ((at(text, i, from, to) & 0xc0) == 0x80) {
        continue;
      }
      int hash = 0x811c9dc5;
      int next = i;
      for (int n = 1; next <= to && n <= maxn; n++) {
        do {
          hash = (hash ^ at(text, next++, from, to)) * 0x01000193;
        } while (next <= to && (at(text, next, from, to) & 0xc0) == 0x80);
        if (n >= minn && !(n == 1 && (i == from - 1 || next == to + 1))) {
          addNgram(Integer.toUnsignedLong(hash) % bucket);
        }
      }
    }
  }

  private static byte at(byte[] text, int i, int from, int to) {
    return i < from ? (byte) '<' : i == to ? (byte) '>' : text[i];
  }

  private void addNgram(long ngram) {
    int id = (int) ngram;
    if (pruned == null) {
      add(words + id);
    } else if (pruned.containsKey(id)) {
      add(words + pruned.get(id));
    }
  }

  private void add(int feature) {
    features = size < features.length ? features : Arrays.copyOf(features, 2 * size);
    features[size++] = feature;
  }

  /** Returns where in the table a word is, or would be. */
  private int slot(byte[] text, int from, int to) {
    int slot = hash(text, from, to) & table.length - 1;
    while (table[slot] != 0
        && !Arrays.equals(
            text, from, to, entries[table[slot] - 1], 0, entries[table[slot] - 1].length)) {
      slot = slot + 1 & table.length - 1;
    }
    return slot;
  }

  /** FNV-1a over signed bytes, as fastText has it. */
  private static int hash(byte[] text, int from, int to) {
    int hash = 0x811c9dc5;
    for (int i = from; i < to; i++) {
      hash = (hash ^ text[i]) * 0x01000193;
    }
    return hash;
  }

  private static String code(String label) {
    String name = label.startsWith("__label__") ? label.substring("__label__".length()) : label;
    int script = name.indexOf('_');
    String code = script < 0 ? name : name.substring(0, script);
    return CODES.getOrDefault(code, code);
  }

  /** Two-letter codes by three-letter ones, and the individual languages behind macrolanguages. */
  private static Map<String, String> codes() {
    var codes = new HashMap<String, String>();
    for (String code : Locale.getISOLanguages()) {
      codes.put(new Locale(code).getISO3Language(), code);
    }
    String individual =
        "cmn zh ekk et lvs lv nob no nb no nno no nn no pes fa plt mg zsm ms als sq arb ar khk mn"
            + " npi ne ory or uzn uz azj az swh sw gug gn ydd yi kmr ku";
    String[] pairs = individual.split(" ");
    for (int i = 0; i < pairs.length; i += 2) {
      codes.put(pairs[i], pairs[i + 1]);
    }
    return Map.copyOf(codes);
  }
}
