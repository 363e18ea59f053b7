package dev.neostream.trainer.model;

import static dev.neostream.trainer.model.MicroModel.ROWS;
import static dev.neostream.trainer.model.MicroModel.decoder;
import static dev.neostream.trainer.model.MicroModel.micro;
import static dev.neostream.trainer.model.MicroModel.parameters;
import static dev.neostream.trainer.model.MicroModel.randomize;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void shouldMatchPlainJavaForwardForMqaGqaAndMha(int nKvHeads) {
    try (Decoder decoder = decoder(micro(nKvHeads))) {
      randomize(decoder);
      ReferenceDecoder reference =
          new ReferenceDecoder(decoder.config(), ReferenceDecoder.weightsOf(decoder));

      double[] losses = decoder.losses(ROWS);
      float[] logits = decoder.logits(new int[] {4, 9, 1, 30});

      for (int r = 0; r < ROWS.length; r++) {
        double expected = reference.loss(new int[][] {ROWS[r]});
        assertEquals(expected, losses[r], 1e-5 * expected);
      }
      double[] expected = reference.logits(new int[] {4, 9, 1, 30}).get(3);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], logits[i], 1e-4);
      }
    }
  }

  @Test
  void shouldStartFromSeed() {
    try (Decoder decoder = decoder(micro(1))) {
      float[] first = parameters(decoder).get(0);
      decoder.initialize(43);
      float[] other = parameters(decoder).get(0);
      decoder.initialize(42);

      assertArrayEquals(first, parameters(decoder).get(0), 0);
      assertNotEquals(first[0], other[0]);
      assertEquals(1, decoder.parameters(1).asFloatBuffer().get(0));
    }
  }

  @Test
  void shouldRefuseRowsThatDoNotFit() {
    try (Decoder decoder = decoder(micro(1))) {
      assertThrows(IllegalArgumentException.class, () -> decoder.losses(new int[][] {new int[18]}));
      assertThrows(IllegalArgumentException.class, () -> decoder.losses(new int[][] {new int[1]}));
      assertThrows(
          IllegalArgumentException.class,
          () -> decoder.losses(new int[][] {new int[5], new int[6]}));
      decoder.losses(new int[][] {new int[17]});
    }
  }

  @Test
  void shouldRefuseOtherThreads() {
    try (Decoder decoder = decoder(micro(1))) {
      var e =
          assertThrows(
              CompletionException.class,
              () -> CompletableFuture.supplyAsync(() -> decoder.losses(ROWS)).join());

      assertTrue(e.getCause().getMessage().startsWith("a program must be used by the thread"));
    }
  }

  @Test
  void shouldSumLogProbabilitiesToLoss() {
    try (Decoder decoder = decoder(micro(2))) {
      randomize(decoder);

      float[][] logProbabilities = decoder.logProbabilities(ROWS);

      double[] losses = decoder.losses(ROWS);
      for (int r = 0; r < ROWS.length; r++) {
        double sum = 0;
        for (float logProbability : logProbabilities[r]) {
          sum += logProbability;
        }
        assertEquals(ROWS[r].length - 1, logProbabilities[r].length);
        assertEquals(-losses[r], sum, 1e-12 * losses[r]);
      }
      assertEquals(0, decoder.logProbabilities(new int[0][]).length);
    }
  }

  @Test
  void shouldGiveEveryTokenItsOwnLogProbability() {
    try (Decoder decoder = decoder(micro(2))) {
      randomize(decoder);

      float[] logProbabilities = decoder.logProbabilities(ROWS)[1];

      for (int i = 0; i < logProbabilities.length; i++) {
        float[] logits = decoder.logits(Arrays.copyOf(ROWS[1], i + 1));
        double total = 0;
        for (float logit : logits) {
          total += Math.exp(logit);
        }
        assertEquals(logits[ROWS[1][i + 1]] - Math.log(total), logProbabilities[i], 1e-5);
      }
    }
  }

  @Test
  void shouldGiveLogitsOfChosenPositions() {
    try (Decoder decoder = decoder(micro(2))) {
      randomize(decoder);
      int[] ids = {4, 9, 1, 30, 2};

      float[][] all = decoder.logits(ids, new int[] {0, 1, 2, 3, 4});
      float[][] chosen = decoder.logits(ids, new int[] {3, 0, 3});

      ReferenceDecoder reference =
          new ReferenceDecoder(decoder.config(), ReferenceDecoder.weightsOf(decoder));
      for (int i = 0; i < ids.length; i++) {
        double[] expected = reference.logits(ids).get(i);
        for (int v = 0; v < expected.length; v++) {
          assertEquals(expected[v], all[i][v], 1e-4);
        }
      }
      assertEquals(3, chosen.length);
      assertArrayEquals(all[3], chosen[0], 1e-5f);
      assertArrayEquals(all[0], chosen[1], 1e-5f);
      assertArrayEquals(all[3], chosen[2], 1e-5f);
      assertArrayEquals(all[4], decoder.logits(ids), 1e-5f);
      assertEquals(0, decoder.logits(ids, new int[0]).length);
    }
  }

  @Test
  void shouldRefusePositionsOutsideTheIds() {
    try (Decoder decoder = decoder(micro(1))) {
      for (int position : new int[] {-1, 2}) {
        var e =
            assertThrows(
                IllegalArgumentException.class,
                () -> decoder.logits(new int[] {1, 2}, new int[] {0, position}));

        assertEquals(
            "a position must be one of the ids: position=" + position + ", ids=2", e.getMessage());
      }
      assertThrows(IllegalArgumentException.class, () -> decoder.logits(new int[0]));
      assertThrows(IllegalArgumentException.class, () -> decoder.logits(new int[17]));
      assertEquals(31, decoder.logits(new int[16]).length);
    }
  }
}
