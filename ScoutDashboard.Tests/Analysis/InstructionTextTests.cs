using ScoutDashboard.Analysis;

namespace ScoutDashboard.Tests.Analysis;

public sealed class InstructionTextTests
{
    [Theory]
    [InlineData("/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD [\"bash\"]")]
    [InlineData("/bin/sh -c #(nop) ADD file:4eedf in / ", "ADD file:4eedf in /")]
    [InlineData("/bin/sh -c apt-get update", "RUN apt-get update")]
    [InlineData("RUN /bin/sh -c apt-get update # buildkit", "RUN apt-get update")]
    [InlineData("COPY /src /app # buildkit", "COPY /src /app")]
    [InlineData("cmd /S /C copy a b", "RUN copy a b")]
    [InlineData("ENTRYPOINT [\"/app\"]", "ENTRYPOINT [\"/app\"]")]
    [InlineData("", "")]
    [InlineData("RUN |1 TOKEN=hunter2 /bin/sh -c make # buildkit", "RUN make")]
    [InlineData("|2 A=1 TOKEN=hunter2 with /bin/sh -c hunter2 /bin/sh -c make", "RUN make")]
    [InlineData("|1 TOKEN=hunter2 /opt/shell make", "RUN (build arguments hidden)")]
    [InlineData("RUN |1 TOKEN=hunter2 /bin/bash -o pipefail -c make # buildkit", "RUN make")]
    [InlineData("ENV SECRET=hunter2", "ENV SECRET=***")]
    [InlineData("/bin/sh -c #(nop)  ENV SECRET=hunter2 and UNKNOWN=more", "ENV SECRET=***")]
    [InlineData("ENV SECRET hunter2", "ENV SECRET=***")]
    [InlineData("ENV PATH=/bin SECRET=hunter2", "ENV PATH=*** SECRET=***")]
    [InlineData("ARG TOKEN=hunter2 more", "ARG TOKEN=***")]
    [InlineData("/bin/sh -c #(nop)  ARG TOKEN=hunter2", "ARG TOKEN=***")]
    [InlineData("ARG TOKEN", "ARG TOKEN")]
    [InlineData("RUN echo \u202e", "RUN echo \\u202e")]
    public void InstructionsAreCleanedAndValuesLeftOut(string createdBy, string shown) =>
        Assert.Equal(shown, InstructionText.Clean(createdBy, ["PATH", "SECRET"]));
}
