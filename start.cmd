@echo off
rem Double click: makes the environment once, then opens JupyterLab on the first notebook.
rem This file is ASCII with CRLF line ends: cmd reads nothing else safely on every code page.
rem Chinese messages are written as escapes that PowerShell prints.
setlocal EnableExtensions DisableDelayedExpansion
pushd "%~dp0" || goto failed
set "PYTHONUTF8=1"
set "PIP_DISABLE_PIP_VERSION_CHECK=1"
set "VENV_PYTHON=.venv\Scripts\python.exe"

set "SPEAK=en"
reg query "HKCU\Control Panel\International" /v LocaleName 2>nul | find /i "zh-" >nul && set "SPEAK=zh"
if /i "%KAM_LANG%"=="zh" set "SPEAK=zh"
if /i "%KAM_LANG%"=="en" set "SPEAK=en"
set "KAM_LANG=%SPEAK%"

rem The environment is there and made from this lock: straight to work.
if not exist "%VENV_PYTHON%" goto find_python
fc /b "requirements.lock" ".venv\made-from.lock" >nul 2>nul && goto open_lab
goto install

:find_python
set "PYTHON="
py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "PYTHON=py -3"
if defined PYTHON goto make_environment
python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "PYTHON=python"
if defined PYTHON goto make_environment
call :say "Python 3.11 or later was not found. Install it from python.org (tick Add python.exe to PATH), then double-click start.cmd again." "\u6ca1\u6709\u627e\u5230 Python 3.11 \u6216\u66f4\u65b0\u7684\u7248\u672c\u3002\u8bf7\u4ece python.org \u5b89\u88c5\uff08\u52fe\u9009 Add python.exe to PATH\uff09\uff0c\u7136\u540e\u518d\u53cc\u51fb start.cmd\u3002"
goto stop

:make_environment
%PYTHON% -m venv ".venv" || goto failed

:install
call :say "Making the environment, once; it takes two or three minutes." "\u6b63\u5728\u5efa\u7acb\u8fd0\u884c\u73af\u5883\uff0c\u53ea\u9700\u4e00\u6b21\uff0c\u7ea6\u4e24\u4e09\u5206\u949f\u3002"
"%VENV_PYTHON%" -m pip install --quiet --require-hashes -r "requirements.lock" || goto failed
"%VENV_PYTHON%" -m pip install --quiet --no-deps --no-build-isolation -e . || goto failed
copy /y "requirements.lock" ".venv\made-from.lock" >nul || goto failed

:open_lab
call :say "Opening JupyterLab. When you are done, close this window." "\u6b63\u5728\u6253\u5f00 JupyterLab\u3002\u7528\u5b8c\u540e\u5173\u95ed\u672c\u7a97\u53e3\u5373\u53ef\u3002"
"%VENV_PYTHON%" -m kamtools lab %* || goto failed
popd
exit /b 0

:failed
call :say "That did not work. Read the lines above; check the network, then double-click start.cmd again." "\u6ca1\u6709\u6210\u529f\u3002\u8bf7\u67e5\u770b\u4e0a\u9762\u7684\u4fe1\u606f\uff1b\u68c0\u67e5\u7f51\u7edc\u540e\u518d\u53cc\u51fb start.cmd\u3002"
:stop
popd
pause
exit /b 1

:say
if "%SPEAK%"=="zh" powershell -NoProfile -Command "Write-Host ([regex]::Unescape('%~2'))" 2>nul && exit /b 0
echo %~1
exit /b 0
