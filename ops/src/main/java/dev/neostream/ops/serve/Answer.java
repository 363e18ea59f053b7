package dev.neostream.ops.serve;

import dev.neostream.trainer.generate.CompletionChunk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What is sent of what the model says, whole or as it comes. */
interface Answer {

  /** What ends a stream that came to its end. */
  byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

  /**
   * The next piece of the completion of one of the requests, in order.
   *
   * @param request its index
   */
  void chunk(int request, CompletionChunk chunk) throws IOException;

  /**
   * Nothing more comes.
   *
   * @param generated tokens in all
   */
  void done(int generated) throws IOException;
}
