# What the scripts here share: checks that are counted, each a name and a block that throws where something is wrong.
$script:passed = $script:failed = 0

function Check([string] $Name, [scriptblock] $Do) {
    try {
        $null = & $Do
        $script:passed++
    }
    catch {
        $script:failed++
        "FAIL $Name"
        "  $($_.FullyQualifiedErrorId): $_" -replace '\r?\n', "`n  "
    }
}

function Assert([bool] $Condition, [string] $What) { if (-not $Condition) { throw $What } }

# Runs a block that must fail with an error of an id; gives its message.
function Get-Failure([string] $Id, [scriptblock] $Do) {
    try { $null = & $Do } catch {
        if ($_.FullyQualifiedErrorId -notlike "$Id,*") { throw "It failed with $($_.FullyQualifiedErrorId), not with ${Id}: $_" }
        return "$_"
    }
    throw "It did not fail with $Id."
}

# Runs a block while a file is open as another program would have it.
function Use-Open([string] $Path, [string] $Share, [scriptblock] $Do) {
    $file = [System.IO.File]::Open((Resolve-Path -LiteralPath $Path).ProviderPath, 'Open', 'Read', $Share)
    try { & $Do } finally { $file.Dispose() }
}

# Whether two files are the same picture; what they say of it may differ.
function Test-SamePicture([string] $A, [string] $B) {
    $pixels = foreach ($path in $A, $B) { [System.Convert]::ToBase64String([Mcdm.Imaging.Files.PictureFile]::Read((Resolve-Path -LiteralPath $path).ProviderPath).Rgba) }
    $pixels[0] -eq $pixels[1]
}

function Write-Counts { "$script:passed passed, $script:failed failed, 0 skipped" }

Export-ModuleMember -Function Check, Assert, Get-Failure, Use-Open, Test-SamePicture, Write-Counts
