"""The head of a page that stands alone: HTML up to what all of them have in common of their CSS."""

HEAD = """<!doctype html>
<html lang="{{language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}}</title>
<style>
body { margin: 1.5rem auto; max-width: 72rem; padding: 0 1rem; color: #1B2733; background: #fff;
       font: 15px/1.5 "Inter", "Segoe UI", "Noto Sans KR", "Malgun Gothic", sans-serif; }
"""
