package dev.neostream.clean.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FastTextModelTest {

  private static final int SOFTMAX = 3;
  private static final int HIERARCHICAL_SOFTMAX = 1;

  /** exp(2) / (exp(2) + 1), and fastText's 1e-5. */
  private static final double TWO_TO_NOTHING = 0.880797 + 1e-5;

  @TempDir Path folder;

  @Test
  void shouldPredictBySoftmaxOfMeanVector() throws IOException {
    FastTextModel model = load(bytes(SOFTMAX, 2, 2));

    Language language = model.predict(utf8("hello\nunknown"));

    assertEquals("en", language.code());
    assertEquals(TWO_TO_NOTHING, language.score(), 1e-6);
    assertEquals("de", model.predict(utf8(" hallo\t")).code());
    // The mean of both words prefers neither: the first label wins.
    assertEquals(0.5 + 1e-5, model.predict(utf8("hello hallo")).score(), 1e-6);
  }

  @Test
  void shouldPredictByHierarchicalSoftmax() throws IOException {
    FastTextModel model = load(bytes(HIERARCHICAL_SOFTMAX, 2, 2));

    // One inner node with vector (2, 0): the right branch is the more frequent label, en.
    assertEquals("en", model.predict(utf8("hello")).code());
    assertEquals(TWO_TO_NOTHING, model.predict(utf8("hello")).score(), 1e-6);
  }

  @Test
  void shouldKnowNothingOfUnknownWords() throws IOException {
    FastTextModel model = load(bytes(SOFTMAX, 2, 2));

    assertEquals(Language.UNDETERMINED, model.predict(utf8("other words")));
    assertEquals(Language.UNDETERMINED, model.predict(new byte[0]));
  }

  @Test
  void shouldJudgeInPlaceOfTheOwnModelButForChinese() throws IOException {
    var languages = new LanguageIdentifier(load(bytes(SOFTMAX, 2, 2)));

    assertEquals("de", languages.identify(utf8("hallo")).code());
    assertEquals("zh", languages.identify(utf8("今天天气很好")).code());
  }

  @Test
  void shouldRefuseFilesCutAnywhere() throws IOException {
    byte[] whole = bytes(SOFTMAX, 2, 2);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(IOException.class, () -> load(cut), "length=" + length);
    }
  }

  @Test
  void shouldRefuseLyingSizes() {
    for (int rows : new int[] {-1, 0, 1, Integer.MAX_VALUE}) {
      assertThrows(IOException.class, () -> load(bytes(SOFTMAX, rows, 2)), "rows=" + rows);
    }
    assertThrows(IOException.class, () -> load(bytes(SOFTMAX, 2, Integer.MAX_VALUE)));
    assertThrows(IOException.class, () -> load(bytes(2, 2, 2)), "negative sampling");
  }

  private FastTextModel load(byte[] bytes) throws IOException {
    return FastTextModel.load(Files.write(folder.resolve("model.bin"), bytes));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A model of two words and two labels: hello (1, 0), hallo (0, 1); en (2, 0), de (0, 2). */
  private static byte[] bytes(int loss, int rows, int columns) {
    ByteBuffer b = ByteBuffer.allocate(500).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(793712314).putInt(12);
    int dim = 2;
    int supervised = 3;
    int[] args = {dim, 5, 5, 1, 5, 1, loss, supervised, 0, 0, 0, 100};
    for (int arg : args) {
      b.putInt(arg);
    }
    b.putDouble(1e-4);
    b.putInt(4).putInt(2).putInt(2).putLong(5).putLong(-1);
    String[] entries = {"hello", "hallo", "__label__en", "__label__deu_Latn"};
    long[] counts = {3, 2, 3, 2};
    for (int i = 0; i < entries.length; i++) {
      b.put(utf8(entries[i])).put((byte) 0).putLong(counts[i]).put((byte) (i / 2));
    }
    b.put((byte) 0).putLong(rows).putLong(columns);
    b.putFloat(1).putFloat(0).putFloat(0).putFloat(1);
    b.put((byte) 0).putLong(2).putLong(dim);
    b.putFloat(2).putFloat(0).putFloat(0).putFloat(2);
    return Arrays.copyOf(b.array(), b.position());
  }
}
