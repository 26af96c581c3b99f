using CsCheck;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Layers;

public sealed class LayerMergePropertyTests
{
    private static readonly TarOperationKind[] Kinds =
    [
        TarOperationKind.File, TarOperationKind.File, TarOperationKind.File, TarOperationKind.File, TarOperationKind.Folder, TarOperationKind.Symlink,
        TarOperationKind.Symlink, TarOperationKind.Symlink, TarOperationKind.HardLink, TarOperationKind.Whiteout, TarOperationKind.Whiteout, TarOperationKind.Opaque,
    ];

    private static readonly Gen<string> Path = OneOf("a", "b", "c", "d.pkg", "e.pkg").Array[1, 3].Select(names => string.Join('/', names));
    private static readonly Gen<string> Target = Gen.Select(OneOf("", "/", "../", "./", "b/../"), Path, (prefix, path) => prefix + path);
    private static readonly Gen<string> Content = OneOf("p@1", "p@2", "q@1", "r@1").Array[0, 3].Select(lines => string.Join('\n', lines.Distinct()));

    private static readonly Gen<TarOperation[][]> Layers = Gen.Select(Gen.Int[0, 11], Path, Target, Content,
        (kind, path, target, content) => new TarOperation(Kinds[kind], path, target, content)).Array[0, 7].Array[1, 4];

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(at => texts[at]);

    [Fact]
    public Task MergedLayersAreWhatUnpackingThemOneByOneGives() => Layers.SampleAsync(async layers =>
        Assert.Equal(
            UnpackedImage.Packages(layers),
            LayerMergeTests.Lines(await LayerMergeTests.MergeAsync([.. layers.Select(Write)]))),
        iter: 5_000, threads: 1);

    private static LayerTar Write(TarOperation[] operations) => operations.Aggregate(new LayerTar(), (tar, operation) => operation.Kind switch
    {
        TarOperationKind.File => tar.File(operation.Path, operation.Content),
        TarOperationKind.Folder => tar.Directory(operation.Path),
        TarOperationKind.Symlink => tar.Symlink(operation.Path, operation.Target),
        TarOperationKind.HardLink => tar.HardLink(operation.Path, operation.Target),
        TarOperationKind.Whiteout => tar.Whiteout(operation.Path),
        _ => tar.Opaque(operation.Path),
    });
}
