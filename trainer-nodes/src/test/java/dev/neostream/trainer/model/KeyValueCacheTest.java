package dev.neostream.trainer.model;

import static dev.neostream.trainer.model.MicroModel.decoder;
import static dev.neostream.trainer.model.MicroModel.micro;
import static dev.neostream.trainer.model.MicroModel.randomize;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyValueCacheTest {

  private static int[] text(long seed, ModelConfig config) {
    return new Random(seed).ints(config.maxSequence(), 0, config.vocabSize()).toArray();
  }

  private static double[] logProbabilities(float[] logits) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    double[] all = new double[logits.length];
    for (int id = 0; id < all.length; id++) {
      all[id] = logits[id] - Math.log(sum);
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void shouldSayWhatTheWholeTextSaysForMqaGqaAndMha(int nKvHeads) {
    try (Decoder decoder = decoder(micro(nKvHeads))) {
      randomize(decoder);
      for (int prompt = 1; prompt <= decoder.config().maxSequence(); prompt++) {
        int[] ids = text(prompt, decoder.config());
        try (KeyValueCache cache = decoder.cache()) {

          float[] logits = cache.prefill(Arrays.copyOf(ids, prompt));

          assertArrayEquals(decoder.logits(Arrays.copyOf(ids, prompt)), logits, 0);
          for (int length = prompt + 1; length <= ids.length; length++) {
            logits = cache.decode(ids[length - 1]);

            assertEquals(length, cache.length());
            assertArrayEquals(
                logProbabilities(decoder.logits(Arrays.copyOf(ids, length))),
                logProbabilities(logits),
                1e-5);
          }
        }
      }
    }
  }

  @Test
  void shouldKeepTextsApartAndRepeatEveryBit() {
    try (Decoder decoder = decoder(micro(2))) {
      randomize(decoder);
      int[] one = text(1, decoder.config());
      int[] other = text(2, decoder.config());
      float[][] alone = new float[one.length][];
      try (KeyValueCache cache = decoder.cache()) {
        alone[2] = cache.prefill(Arrays.copyOf(one, 3));
        for (int i = 3; i < one.length; i++) {
          alone[i] = cache.decode(one[i]);
        }
      }

      try (KeyValueCache first = decoder.cache();
          KeyValueCache second = decoder.cache()) {
        assertArrayEquals(alone[2], first.prefill(Arrays.copyOf(one, 3)), 0);
        second.prefill(Arrays.copyOf(other, 5));
        for (int i = 3; i < one.length; i++) {
          assertArrayEquals(alone[i], first.decode(one[i]), 0);
          if (second.length() < other.length) {
            second.decode(other[second.length()]);
          }
        }
      }
    }
  }

  @Test
  void shouldHoldTwoArraysALayerUntilItIsClosed() {
    try (Decoder decoder = decoder(micro(2))) {
      int before = NativeMemory.openArrays(decoder);
      KeyValueCache cache = decoder.cache();
      cache.prefill(new int[] {1, 2, 3});
      for (int i = 0; i < 5; i++) {
        cache.decode(i);
      }

      assertEquals(before + 2 * decoder.config().nLayers(), NativeMemory.openArrays(decoder));
      cache.close();
      assertEquals(before, NativeMemory.openArrays(decoder));
    }
  }

  @Test
  void shouldRefuseWhatDoesNotContinueItsText() {
    try (Decoder decoder = decoder(micro(1));
        KeyValueCache cache = decoder.cache()) {
      assertEquals(
          "a cache must hold a text's beginning and have room: tokens=0, context=16",
          assertThrows(IllegalStateException.class, () -> cache.decode(1)).getMessage());
      for (int[] ids : new int[][] {{}, new int[17], {31}, {-1}}) {
        assertThrows(IllegalArgumentException.class, () -> cache.prefill(ids));
      }
      assertEquals(0, cache.length());

      cache.prefill(new int[15]);
      assertThrows(IllegalArgumentException.class, () -> cache.decode(31));
      cache.decode(0);

      assertEquals(
          "a cache must hold a text's beginning and have room: tokens=16, context=16",
          assertThrows(IllegalStateException.class, () -> cache.decode(1)).getMessage());
      assertEquals(
          "a cache must be empty before a prefill: tokens=16",
          assertThrows(IllegalStateException.class, () -> cache.prefill(new int[1])).getMessage());
    }
  }

  @Test
  void shouldRefuseOtherThreads() {
    try (Decoder decoder = decoder(micro(1));
        KeyValueCache cache = decoder.cache()) {
      var e =
          assertThrows(
              CompletionException.class,
              () -> CompletableFuture.supplyAsync(() -> cache.prefill(new int[1])).join());

      assertEquals(IllegalStateException.class, e.getCause().getClass());
    }
  }
}
