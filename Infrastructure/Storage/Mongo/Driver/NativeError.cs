using System.Runtime.InteropServices;

namespace Infrastructure.Storage.Mongo.Driver;

/// <summary>Room for a <c>bson_error_t</c>.</summary>
internal sealed unsafe class NativeError : IDisposable
{
    private byte* address = (byte*)NativeMemory.AllocZeroed(MongoLibrary.ErrorBytes);

    public nint Address => (nint)address;

    public int Domain => *(int*)address;

    public int Code => *(int*)(address + 4);

    public string Message => Marshal.PtrToStringUTF8((nint)(address + 8)) ?? "";

    public void Dispose()
    {
        NativeMemory.Free(address);
        address = null;
    }
}
