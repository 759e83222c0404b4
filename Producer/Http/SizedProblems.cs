namespace Producer.Http;

/// <summary>Problems of known length: the writers' JSON would be sent in chunks, so it is buffered.</summary>
internal sealed class SizedProblems(IEnumerable<IProblemDetailsWriter> writers) : IProblemDetailsService
{
    public async ValueTask WriteAsync(ProblemDetailsContext context) => await TryWriteAsync(context);

    public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
    {
        if (writers.FirstOrDefault(each => each.CanWrite(context)) is not { } writer)
        {
            return false;
        }

        var response = context.HttpContext.Response;
        var sent = response.Body;
        using var held = new MemoryStream();
        response.Body = held;
        try
        {
            await writer.WriteAsync(context);
        }
        finally
        {
            response.Body = sent;
        }

        response.ContentLength = held.Length;
        held.Position = 0;
        await held.CopyToAsync(sent, context.HttpContext.RequestAborted);
        return true;
    }
}
