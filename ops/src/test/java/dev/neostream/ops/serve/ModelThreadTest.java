package dev.neostream.ops.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.http.ApiError;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.serve.ModelThread.Event;
import dev.neostream.ops.serve.ModelThread.Job;
import dev.neostream.trainer.checkpoint.StoredModel;
import dev.neostream.trainer.generate.CompletionRequest;
import dev.neostream.trainer.generate.Sampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ModelThreadTest {

  private static final int LONG = 50_000;

  @TempDir static Path folder;

  private static StoredModel model;

  @BeforeAll
  static void store() throws IOException {
    model = StoredTinyModel.save(new RunFolder(folder.resolve("run")), 1, LONG);
  }

  private static List<CompletionRequest> request(int maxTokens) {
    return List.of(
        new CompletionRequest(
            new int[] {3}, maxTokens, Sampling.GREEDY, List.of(), false, OptionalInt.of(0)));
  }

  private static Event last(Job job) throws InterruptedException {
    Event event = job.next();
    while (event instanceof Event.Chunk) {
      event = job.next();
    }
    return event;
  }

  @Test
  void shouldRefuseWhatTheLineHasNoRoomForAndDoTheRest() throws Exception {
    try (var thread = ModelThread.start(model, 1, 1)) {
      Job running = thread.submit(request(LONG));
      assertInstanceOf(Event.Chunk.class, running.next()); // so it waits no longer
      Job waiting = thread.submit(request(2));

      var error = assertThrows(ApiError.class, () -> thread.submit(request(2)));

      assertEquals(503, error.status());
      assertEquals(
          "fewer requests must be waiting: waiting=1; ask again later", error.getMessage());
      assertEquals(1, thread.waiting());
      running.close();
      assertEquals(new Event.Done(2), last(waiting));
      assertTrue(thread.generated() < LONG, "generated=" + thread.generated());
    }
  }

  @Test
  void shouldTellAllThatItStops() throws Exception {
    var thread = ModelThread.start(model, 1, 4);
    Job running = thread.submit(request(LONG));
    assertInstanceOf(Event.Chunk.class, running.next());
    Job waiting = thread.submit(request(1));

    thread.close();

    for (Job job : List.of(running, waiting)) {
      Event.Failed failed = assertInstanceOf(Event.Failed.class, last(job));
      assertEquals("the server is stopping", failed.error().getMessage());
    }
    assertThrows(ApiError.class, () -> thread.submit(request(1)));
  }

  @Test
  void shouldNotStartWithParametersThatChanged() throws IOException {
    StoredModel damaged = StoredTinyModel.save(new RunFolder(folder.resolve("damaged")), 1, 8);
    Path file = damaged.checkpoint().file("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);

    var error = assertThrows(IOException.class, () -> ModelThread.start(damaged, 1, 1));

    assertTrue(error.getMessage().contains("changed since it was written"), error.getMessage());
  }
}
