# Objects go through jobs, remoting and files, come back as themselves, and do in the next cmdlet what they did before.

BeforeDiscovery {
    $sshd = '/usr/sbin/sshd'
    $noSsh = -not ($IsLinux -and (Test-Path $sshd) -and (Get-Command ssh, ssh-keygen -CommandType Application -ErrorAction Ignore).Count -ge 2)
    if ($noSsh) { Write-Host 'Remoting over SSH is skipped: there is no sshd here (Debian: apt-get install openssh-server).' }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $manifest
    $null = Import-McdmModel Faces
    $inputs = Join-Path (Split-Path $manifest) examples/inputs
    $conditions = @(
        New-McdmCondition 'this person has pink hair' -Weight 1.1 -Schedule @{ 1 = 0.1; 500 = [Math]::PI }
        New-McdmCondition -Segment "$inputs/mask.png" -Part Hair, Skin -Region "$inputs/sketch.png"
        New-McdmCondition -Sketch "$inputs/sketch.png" -Weight ([double]::Epsilon)
    )
    $image = $conditions | Invoke-McdmSample -Seed 3 -Steps 2

    function Get-Pixels($Image) { [Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([byte[]]$Image.Picture.GetRgba())) }
    function Get-Whole($Object) { [Convert]::ToBase64String([Mcdm.PowerShell.Serialization.SerializedObject]::GetWhole($Object)) }
    function Send-ThroughClixml($Object) {
        Export-Clixml -InputObject $Object -Path TestDrive:/object.xml
        Import-Clixml TestDrive:/object.xml
    }
}

Describe 'Clixml there and back' {
    It 'gives each condition again, bit for bit' {
        $back = Send-ThroughClixml $conditions
        $back | Should -BeOfType ([Mcdm.Modalities.Condition])
        $back.ContentHash | Should -Be $conditions.ContentHash
        $back.ForEach({ Get-Whole $_ }) | Should -Be $conditions.ForEach({ Get-Whole $_ })
        $back[0].Weight | Should -Be 1.1
        $back[0].Schedule.At(500) | Should -Be ([Math]::PI)
        $back[2].Weight | Should -Be ([double]::Epsilon)
        Get-Pixels ($back | Invoke-McdmSample -Seed 3 -Steps 2) | Should -Be (Get-Pixels $image)
    }

    It 'gives a picture again, with its recipe' {
        $back = Send-ThroughClixml $image
        $back | Should -BeOfType ([Mcdm.Sampling.McdmImage])
        Get-Pixels $back | Should -Be (Get-Pixels $image)
        ($back.FileName, $back.Duration, $back.Recipe.ToJson()) | Should -Be ($image.FileName, $image.Duration, $image.Recipe.ToJson())
        Get-Pixels ($back | Invoke-McdmSample) | Should -Be (Get-Pixels $image)
    }

    It 'gives a recipe again' {
        $back = Send-ThroughClixml $image.Recipe
        $back | Should -BeOfType ([Mcdm.Sampling.Recipe])
        Get-Pixels ($back | Invoke-McdmSample) | Should -Be (Get-Pixels $image)
    }

    It 'gives a saved file again' {
        $saved = $image | Save-McdmImage TestDrive:/clixml -Force
        $back = Send-ThroughClixml $saved
        $back | Should -BeOfType ([Mcdm.PowerShell.Serialization.SavedFile])
        ($back.Path, $back.Length, $back.Seed, $back.Conditions, $back.Recipe) | Should -Be ($saved.Path, $saved.Length, $saved.Seed, $saved.Conditions, $saved.Recipe)
        Get-Pixels ($back | Invoke-McdmSample) | Should -Be (Get-Pixels $image)
        ($back | Get-FileHash).Hash | Should -Be ($saved | Get-FileHash).Hash
    }

    It 'gives a saved file of an earlier version again' {
        $old = [pscustomobject]@{ FullName = "$TestDrive/clixml/Faces-3.png"; Name = 'Faces-3.png'; Length = 9L; Seed = 3; Seconds = 1.5; Conditions = 'none'; Recipe = $image.Recipe.ToJson() }
        $old.pstypenames.Insert(0, 'Mcdm.SavedImage')
        $back = Send-ThroughClixml $old
        ($back.FullName, $back.Seed, $back.Seconds) | Should -Be ($old.FullName, 3, 1.5)
        Get-Pixels ($back | Invoke-McdmSample) | Should -Be (Get-Pixels $image)
    }

    It 'gives measurements again' {
        $measured = $image | Measure-McdmImage
        $back = Send-ThroughClixml $measured
        $back | Should -BeOfType ([Mcdm.Evaluation.ImageMeasurement])
        Get-Whole $back | Should -Be (Get-Whole $measured)
        $back.Statements.Count | Should -BeGreaterThan 0
        $set = $image, $image | Measure-McdmImage -Summary
        (Send-ThroughClixml $set | ConvertTo-McdmPlot).Name | Should -Be 'spectrum'
        Get-Whole (Send-ThroughClixml $set) | Should -Be (Get-Whole $set)
        $attribution = $image | Measure-McdmImage -Attribution
        (Send-ThroughClixml $attribution).ForEach({ Get-Whole $_ }) | Should -Be $attribution.ForEach({ Get-Whole $_ })
    }

    It 'gives a dataset by its folder, as long as that is there' {
        $null = New-Item -ItemType Directory TestDrive:/data
        1..2 | ForEach-Object { Copy-Item "$inputs/face.png" "TestDrive:/data/$_.png" }
        $back = Send-ThroughClixml (Import-McdmDataset TestDrive:/data)
        $back | Should -BeOfType ([Mcdm.Datasets.PictureDataset])
        $back.Pictures | Should -Be 2
        Remove-Item TestDrive:/data -Recurse
        { Import-Clixml TestDrive:/object.xml | Start-McdmTraining -OutputPath TestDrive:/run -ErrorAction Stop } | Should -Throw '*no dataset folder*'
    }

    It 'refuses a loaded model by its name' {
        $back = Send-ThroughClixml (Get-McdmModel Faces)
        { $back | Invoke-McdmSample -ErrorAction Stop } | Should -Throw "*Model 'Faces' was loaded in another session*Import-McdmModel*"
        { Invoke-McdmSample 'pink hair' -Model $back -ErrorAction Stop } | Should -Throw "*Model 'Faces' was loaded in another session*"
    }

    It 'never leaves a picture without conditions where nothing is known of what came' {
        # What versions before this one wrote.
        $old = [pscustomobject]@{ Modality = 'Text'; Text = 'pink hair'; Weight = 1.0; ContentHash = 'x' }
        $old.pstypenames.Insert(0, 'Deserialized.Mcdm.Modalities.Condition')
        { $old | Invoke-McdmSample -Steps 2 -ErrorAction Stop } | Should -Throw '*Condition came from another session*'
        $unknown = [pscustomobject]@{ Nothing = 1 }
        $unknown.pstypenames.Insert(0, 'Deserialized.Mcdm.Job')
        { $unknown | Invoke-McdmSample -Steps 2 -ErrorAction Stop } | Should -Throw
        $broken = [pscustomobject]@{ Whole = [byte[]](1..9) }
        $broken.pstypenames.Insert(0, 'Deserialized.Mcdm.Sampling.McdmImage')
        { $broken | Join-McdmImage -ErrorAction Stop } | Should -Throw '*cannot be read*'
    }
}

Describe 'Jobs' {
    It 'take conditions and pictures before they import the module, and give a picture' {
        $job = Start-Job -ArgumentList $manifest, $conditions, $image -ScriptBlock {
            param($manifest, $conditions, $image)
            $conditions[0].pstypenames[0]
            Import-Module $manifest
            $null = Import-McdmModel Faces
            $conditions | Invoke-McdmSample -Seed 3 -Steps 2
            $image | Invoke-McdmSample
            Invoke-McdmSample -Condition $conditions -Seed 3 -Steps 2
            $image | Save-McdmImage (Join-Path ([System.IO.Path]::GetTempPath()) "mcdm-travel-$PID/a.png") | ForEach-Object { $_; Remove-Item (Split-Path $_) -Recurse }
            Import-McdmModel Faces
        }
        $came, $first, $second, $third, $file, $model = Receive-Job $job -Wait -AutoRemoveJob
        $came | Should -Be 'Deserialized.Mcdm.Modalities.Condition'
        foreach ($picture in $first, $second, $third) {
            $picture | Should -BeOfType ([Mcdm.Sampling.McdmImage])
            Get-Pixels $picture | Should -Be (Get-Pixels $image)
        }
        $file.pstypenames[0] | Should -Be 'Mcdm.PowerShell.Serialization.SavedFile'
        Get-Pixels ($file | Invoke-McdmSample) | Should -Be (Get-Pixels $image)
        { $model | Export-McdmModel TestDrive:/model -ErrorAction Stop } | Should -Throw "*Model 'Faces' was loaded in another session*"
    }
}

Describe 'Remoting over SSH' -Skip:$noSsh {
    BeforeAll {
        $folder = (New-Item -ItemType Directory (Join-Path ([System.IO.Path]::GetTempPath()) "mcdm-ssh-$PID")).FullName
        foreach ($key in 'host', 'user') { ssh-keygen -q -t ed25519 -N '' -f "$folder/$key" }
        Copy-Item "$folder/user.pub" "$folder/authorized_keys"
        # sshd starts with an empty environment.
        Set-Content "$folder/pwsh" "#!/bin/sh", "export HOME='$HOME' PATH='$env:PATH' OMP_NUM_THREADS='$env:OMP_NUM_THREADS'", "exec dotnet '$PSHOME/pwsh.dll' -sshs -NoLogo -NoProfile"
        chmod -R go= $folder
        chmod u+x "$folder/pwsh"
        if ((id -u) -eq 0) { $null = New-Item -ItemType Directory /run/sshd -Force }
        $listener = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $port = $listener.LocalEndpoint.Port
        $listener.Stop()
        Set-Content "$folder/config" "Port $port", 'ListenAddress 127.0.0.1', "HostKey $folder/host", "PidFile $folder/pid", "AuthorizedKeysFile $folder/authorized_keys",
            'StrictModes no', 'UsePAM no', 'PasswordAuthentication no', "Subsystem powershell $folder/pwsh"
        & /usr/sbin/sshd -f "$folder/config" -E "$folder/log"
        # It goes into the background before it listens, and writes the file after that.
        for ($tries = 0; $tries -lt 100 -and -not (Test-Path "$folder/pid"); $tries++) { Start-Sleep -Milliseconds 100 }
        $to = @{ HostName = '127.0.0.1'; Port = $port; UserName = [Environment]::UserName; KeyFilePath = "$folder/user"; Options = @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'ERROR' } }
        $session = New-PSSession @to
        Invoke-Command $session { Import-Module $args[0]; $null = Import-McdmModel Faces } -ArgumentList $manifest
    }

    AfterAll {
        Remove-PSSession $session -ErrorAction Ignore
        if (Test-Path "$folder/pid") { Stop-Process -Id (Get-Content "$folder/pid") }
        Remove-Item $folder -Recurse -Force
    }

    It 'samples there what was said here, and goes on here with what was sampled there' {
        $there = Invoke-Command $session { param($conditions) $conditions | Invoke-McdmSample -Seed 3 -Steps 2 } -ArgumentList (, $conditions)
        # PowerShell gives sessions over SSH its own type data alone: what comes is a record, from which every cmdlet makes the picture.
        Get-Pixels ([Mcdm.Sampling.McdmImage]$there) | Should -Be (Get-Pixels $image)
        Get-Pixels ($there | Invoke-McdmSample) | Should -Be (Get-Pixels $image)
        ($there | Save-McdmImage TestDrive:/ssh -Force).Recipe | Should -Be $image.Recipe.Essence().ToJson()
        ($there | Format-Table | Out-String) | Should -Match 'Faces-3 +3 +128×128'
    }

    It 'divides rows between sessions, and tells what was made and what failed, with row and host' {
        Set-Content "$folder/rows.csv" 'Name,Text,Sketch', 'a,pink hair,', 'b,black hair,', 'c,pink hair,', 'd,,no.png'
        $both = $session, (New-PSSession @to)
        $came = 1..2 | ForEach-Object {
            Invoke-Command $both[$_ - 1] -AsJob -ArgumentList $manifest, $folder, $_ -ScriptBlock {
                param($manifest, $folder, $part)
                Import-Module $manifest
                Import-McdmJob "$folder/rows.csv" -Part $part -Of 2 | Invoke-McdmSample -Model Faces -Steps 1 -SkipExisting "$folder/out" | Save-McdmImage "$folder/out" -SkipExisting
            }
        } | Receive-Job -Wait -AutoRemoveJob -ErrorVariable failed -ErrorAction SilentlyContinue
        Remove-PSSession $both[1]
        $came.Name | Sort-Object | Should -Be 'a-0.png', 'b-0.png', 'c-0.png'
        $came.PSComputerName | Select-Object -Unique | Should -Be '127.0.0.1'
        "$failed" | Should -BeLike 'Row 4 (d): There is no file or folder*'
        $failed[0].OriginInfo.PSComputerName | Should -Be '127.0.0.1'
        $run = Measure-McdmRun "$folder/out"
        $run.Done, $run.Failed, $run.Hosts.Processes | Should -Be 3, 1, 2
    }
}
