package dev.neostream.ops.serve;

import dev.neostream.ops.http.Call;
import dev.neostream.trainer.generate.CompletionChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The answer to {@code /v1/completions}. */
final class CompletionAnswer implements Answer {

  private final Answers.Heading heading;
  private final CompletionCall asked;
  private final Call call;
  private final List<List<CompletionChunk>> chunks = new ArrayList<>();

  CompletionAnswer(Answers.Heading heading, CompletionCall asked, Call call) {
    this.heading = heading;
    this.asked = asked;
    this.call = call;
    asked.requests().forEach(request -> chunks.add(new ArrayList<>()));
  }

  @Override
  public void chunk(int request, CompletionChunk chunk) throws IOException {
    if (asked.stream()) {
      call.event(Answers.bytes(Answers.chunk(heading, request, chunk)));
    } else {
      chunks.get(request).add(chunk);
    }
  }

  @Override
  public void done(int generated) throws IOException {
    if (asked.stream()) {
      call.event(DONE);
      call.end();
    } else {
      call.json(
          200, Answers.bytes(Answers.completions(heading, asked.requests(), chunks, generated)));
    }
  }
}
